#include "libs/domain/company/company.hpp"

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::company {
namespace {

using CompanyStory = testing::Story<State>;

const Tag kTag = personal_tag("tax:7707083893");
RegisterCompany studio() { return {.name = "Studio", .tax_id = "7707 083893"}; }

TEST(TaxId, IsComparedWithoutSpacesAndCase) {
  EXPECT_EQ(normalise_tax_id(" 77-07 083893"), "7707083893");
  EXPECT_EQ(normalise_tax_id("de 129.273.398"), "DE129273398");
  EXPECT_EQ(normalise_tax_id(""), "");
  EXPECT_EQ(normalise_tax_id("12").error().code, "invalid_tax_id");
  EXPECT_EQ(normalise_tax_id("--").error().code, "invalid_tax_id");
  EXPECT_EQ(normalise_tax_id("7707083893 ёж").error().code, "invalid_tax_id");
  EXPECT_EQ(normalise_tax_id(std::string(21, '1')).error().code, "invalid_tax_id");
}

TEST(Company, IsRegisteredOnceAndClaimsItsTaxId) {
  CompanyStory story;
  story.when(studio()).then({"CompanyRegistered"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{kTag});
  EXPECT_EQ(story.state().tax_id, "7707083893");
  EXPECT_EQ(claimant(story.last()), "stream");
  story.when(studio()).then_refused("company_exists");
}

TEST(Company, NamesEveryWrongField) {
  CompanyStory()
      .when(RegisterCompany{.name = " ", .tax_id = "?", .bank_accounts = {"ok", ""}})
      .then_invalid({"/name", "/tax_id", "/bank_accounts/1"});
}

TEST(Company, AnotherTaxIdReleasesTheOldOneAndClaimsTheNew) {
  CompanyStory story;
  story.given(studio());
  story.when(ChangeCompanyDetails{.tax_id = "5001007322"})
      .then({"CompanyDetailsChanged", "CompanyDetailsChanged"});
  EXPECT_EQ(story.tags(), (std::vector<Tag>{kTag, personal_tag("tax:5001007322")}));
  EXPECT_FALSE(claimant(testing::read_back(story.events()[0], {2})).has_value());
  EXPECT_EQ(claimant(testing::read_back(story.events()[1], {3})), "stream");
  story.when(ChangeCompanyDetails{.tax_id = ""}).then({"CompanyDetailsChanged"});
  EXPECT_FALSE(claimant(story.last()).has_value());
  EXPECT_EQ(story.state().tax_id, "");
}

TEST(Company, ChangesOnlyWhatDiffers) {
  CompanyStory story;
  story.given(studio());
  story.when(ChangeCompanyDetails{.name = "Studio", .tax_id = "7707083893"}).then({});
  story.when(ChangeCompanyDetails{.name = "Studio 2", .bank_accounts = {{"40702810"}}})
      .then({"CompanyDetailsChanged"});
  EXPECT_EQ(story.state().name, "Studio 2");
  EXPECT_EQ(story.state().bank_accounts, std::vector<std::string>{"40702810"});
}

TEST(Company, KeepsWhoDecidesInWhichOrder) {
  CompanyStory story;
  story.given(studio());
  story.when(ChangeDecisionMap{"per_1", "decides", 1}).then({"CompanyDecisionMapChanged"});
  story.when(ChangeDecisionMap{"per_1", "decides", 1}).then({});
  story.when(ChangeDecisionMap{"per_2", "sings", 1}).then_invalid({"/role"});
  story.when(ChangeDecisionMap{"per_1", "", 0}).then({"CompanyDecisionMapChanged"});
  EXPECT_TRUE(story.state().decision_map.empty());
  story.when(ChangeDecisionMap{"per_1", "", 0}).then({});
}

TEST(CompanyMerge, TheWinnerTakesOverWhatItLacks) {
  CompanyStory loser;
  loser.given(studio()).given(ChangeDecisionMap{"per_1", "pays", 2});
  loser.given(ChangeCompanyDetails{.bank_accounts = {{"1", "2"}}});
  CompanyStory winner;
  winner.given(RegisterCompany{.name = "Studio Ltd", .bank_accounts = {"2"}});
  const auto merged = decide(loser.state(), winner.state(), MergeCompanies{"com_1", "com_2"});
  ASSERT_TRUE(merged);
  loser.given_events(merged->of_loser);
  winner.given_events(merged->of_winner);
  EXPECT_EQ(loser.state().merged_into, "com_2");
  EXPECT_EQ(winner.state().tax_id, "7707083893");
  EXPECT_EQ(winner.state().bank_accounts, (std::vector<std::string>{"2", "1"}));
  EXPECT_EQ(winner.state().decision_map.at("per_1"), (Decider{"pays", 2}));
  EXPECT_EQ(winner.state().name, "Studio Ltd");
  EXPECT_FALSE(claimant(testing::read_back(merged->of_loser.front(), {4}, "com_1")).has_value());
  EXPECT_EQ(claimant(testing::read_back(merged->of_winner.front(), {2}, "com_2")), "com_2");
  loser.when(ChangeCompanyDetails{.name = "x"}).then_refused("company_merged");
}

TEST(CompanyMerge, TwoTaxIdsAreTwoCompanies) {
  CompanyStory one;
  one.given(studio());
  CompanyStory other;
  other.given(RegisterCompany{.name = "Other", .tax_id = "5001007322"});
  EXPECT_EQ(decide(one.state(), other.state(), MergeCompanies{"com_1", "com_2"}).error().code,
            "tax_ids_differ");
  EXPECT_EQ(decide(one.state(), one.state(), MergeCompanies{"com_1", "com_1"}).error().code,
            "same_company");
}

}  // namespace
}  // namespace dealog::company
