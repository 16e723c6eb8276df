#include "libs/domain/legal_entity/legal_entity.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::legal_entity {
namespace {

using EntityStory = testing::Story<State>;

v1::LegalEntityDetails details() {
  v1::LegalEntityDetails out;
  out.set_name("ООО «Студия»");
  out.set_tax_id("7701234567");
  out.mutable_bank()->set_bic("044525225");
  out.mutable_bank()->set_account("40702810500000000001");
  return out;
}

RegisterLegalEntity studio(std::string series = "") {
  return {.details = details(),
          .series = std::move(series),
          .currency = "RUB",
          .vat_basis_points = 2000,
          .language = "ru"};
}

ChangeLegalEntity unchanged() {
  return {.details = details(), .currency = "RUB", .vat_basis_points = 2000, .language = "ru"};
}

TEST(LegalEntity, IsRegisteredOnceWithItsSeries) {
  EntityStory story;
  story.when(studio("AB")).then({"LegalEntityRegistered"});
  EXPECT_EQ(story.tags(), (std::vector<Tag>{open_tag("legal-entities"), open_tag("series:AB")}));
  EXPECT_EQ(story.state().details.name(), "ООО «Студия»");
  EXPECT_EQ(story.state().vat_basis_points, 2000);
  story.when(studio()).then_refused("legal_entity_exists");
}

TEST(LegalEntity, IsChosenWithItsRegistrationOrLater) {
  auto chosen = studio();
  chosen.chosen = true;
  EntityStory().when(chosen).then({"LegalEntityRegistered", "DefaultLegalEntityChosen"});
  EntityStory().given(studio()).when(ChooseDefault{}).then({"DefaultLegalEntityChosen"});
  EntityStory().when(ChooseDefault{}).then_refused("legal_entity_not_found");
}

TEST(LegalEntity, NamesEveryRequisiteThatABankWouldRefuse) {
  auto wrong = studio("A1");
  wrong.details.set_name(" ");
  wrong.details.set_tax_id("123");
  wrong.details.mutable_bank()->set_bic("12345678x");
  wrong.details.mutable_bank()->set_account("1");
  wrong.details.mutable_bank()->set_correspondent_account("2");
  wrong.vat_basis_points = 10'001;
  wrong.language = "de";
  EntityStory().when(wrong).then_invalid({"/name", "/tax_id", "/bank/bic", "/bank/account",
                                          "/bank/correspondent_account", "/vat_percent",
                                          "/language", "/series"});
}

TEST(LegalEntity, AbroadHasItsOwnForms) {
  auto abroad = studio();
  abroad.currency = "EUR";
  abroad.details.set_tax_id("DE129273398");
  abroad.details.mutable_bank()->set_account("DE89370400440532013000");
  EntityStory().when(abroad).then({"LegalEntityRegistered"});
  abroad.currency = "XXY";
  EntityStory().when(abroad).then_invalid({"/currency"});
}

TEST(LegalEntity, ChangesOnlyWhatDiffersAndKeepsItsSeries) {
  EntityStory story;
  story.given(studio("B"));
  story.when(unchanged()).then({});
  auto moved = unchanged();
  moved.details.set_address("Тула");
  moved.vat_basis_points = kWithoutVat;
  story.when(moved).then({"LegalEntityChanged"});
  EXPECT_EQ(story.state().details.address(), "Тула");
  EXPECT_EQ(story.state().vat_basis_points, kWithoutVat);
  EXPECT_EQ(story.state().series, "B");
  EntityStory().when(moved).then_refused("legal_entity_not_found");
}

}  // namespace
}  // namespace dealog::legal_entity
