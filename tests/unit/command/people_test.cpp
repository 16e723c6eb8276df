#include "libs/command/use_cases/people.hpp"

#include "dealog/v1/party_events.pb.h"
#include "libs/command/use_cases/companies.hpp"
#include "tests/unit/command/workshop.hpp"

namespace dealog {
namespace {

using use_cases::FoundPerson;
using use_cases::PersonInput;
using Names = std::vector<std::string>;

FoundPerson find(Workshop& shop, const PersonInput& input) {
  return shop.must([&](Unit& unit) { return use_cases::find_or_register_person(unit, input); });
}
Error refused_registration(Workshop& shop, const PersonInput& input) {
  const auto done = shop.bus().run_for(
      shop.request(), [&](Unit& unit) { return use_cases::register_person(unit, input); });
  EXPECT_FALSE(done.has_value());
  return done ? Error{} : done.error();
}
void change(Workshop& shop, const PersonId& id, const use_cases::PersonChange& change) {
  const auto done = shop.bus().run(shop.request(id.text()), [&](Unit& unit) {
    return use_cases::change_person(unit, id, change);
  });
  EXPECT_TRUE(done) << done.error().message;
}

TEST(People, AreFoundByPhoneHoweverItIsTyped) {
  Workshop shop;
  const auto anna = find(shop, somebody("Anna", "8 (916) 555-01-77"));
  EXPECT_TRUE(anna.registered);
  const auto again = find(shop, somebody("", "+7 916 555 01 77"));
  EXPECT_FALSE(again.registered);
  EXPECT_EQ(again.person, anna.person);
  EXPECT_EQ(shop.event_names(), Names{"PersonRegistered"});
}

TEST(People, WithoutAnIdentifyingContactAreSomebodyNew) {
  Workshop shop;
  const auto one = find(shop, somebody("Anna", "+7 495 123-45-67"));
  const auto other = find(shop, somebody("Anna", "+7 495 123-45-67"));
  EXPECT_TRUE(other.registered);
  EXPECT_NE(one.person, other.person);
}

TEST(People, WhoIsFoundLearnsTheContactsThatNobodyClaims) {
  Workshop shop;
  const auto anna = find(shop, somebody("", "+79165550177"));
  find(shop, somebody("Anna", "+79165550177", "anna@example.ru"));
  const auto state = shop.state<person::State>(anna.person.text());
  EXPECT_EQ(state->name, "Anna");
  ASSERT_EQ(state->contacts.size(), 2u);
  EXPECT_EQ(find(shop, somebody("", "", "ANNA@example.ru")).person, anna.person);
}

TEST(People, AnEmailWinsOverAPhoneAndTheClashSuggestsAMerge) {
  Workshop shop;
  const auto by_email = find(shop, somebody("Anna", "", "anna@example.ru"));
  const auto by_phone = find(shop, somebody("Boris", "+79165550177"));
  const auto met = find(shop, somebody("Anna", "+79165550177", "anna@example.ru"));
  EXPECT_EQ(met.person, by_email.person);
  EXPECT_EQ(shop.event_names({3}), Names{"MergeSuggested"});
  EXPECT_TRUE(shop.state<person::State>(by_email.person.text())
                  ->suggested.contains(by_phone.person.text()));
  // The phone stays with the one who claims it.
  EXPECT_EQ(find(shop, somebody("", "+79165550177")).person, by_phone.person);
  find(shop, somebody("Anna", "+79165550177", "anna@example.ru"));
  EXPECT_EQ(shop.event_names({3}), Names{"MergeSuggested"});
}

TEST(People, RegisteringAClaimedContactNamesItsClaimant) {
  Workshop shop;
  const auto anna = find(shop, somebody("Anna", "+79165550177"));
  const auto error = refused_registration(shop, somebody("Boris", "89165550177"));
  EXPECT_EQ(error.kind, ErrorKind::kConflict);
  EXPECT_EQ(error.code, "person_exists");
  EXPECT_EQ(error.data, R"({"person":")" + anna.person.text() + R"("})");
}

TEST(People, WrongContactsAreNamedWhereTheyStandInTheRequest) {
  Workshop shop;
  const auto done = shop.bus().run_for(shop.request(), [](Unit& unit) {
    return use_cases::find_or_register_person(unit, somebody("Anna", "abc", "anna"), "/person");
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "invalid_input");
  ASSERT_EQ(done.error().fields.size(), 2u);
  EXPECT_EQ(done.error().fields[0].pointer, "/person/phone");
  EXPECT_EQ(done.error().fields[1].pointer, "/person/email");
  EXPECT_EQ(shop.log.head(), Position{});
}

TEST(People, ARefusalSpeaksTheLanguageOfWhoeverAsks) {
  Workshop shop;
  find(shop, somebody("Anna", "+79165550177"));
  auto request = shop.request();
  request.language = Language::kRu;
  const auto refused = shop.bus().run_for(std::move(request), [](Unit& unit) {
    return use_cases::register_person(unit, somebody("Boris", "+79165550177"));
  });
  EXPECT_TRUE(refused.error().message.starts_with("этот контакт принадлежит per_"))
      << refused.error().message;
}

TEST(People, ARemovedContactIsFreeForAnother) {
  Workshop shop;
  const auto anna = find(shop, somebody("Anna", "+79165550177"));
  change(shop, anna.person, {.details = {}, .add = {}, .remove = {{.text = "89165550177"}}});
  const auto boris = find(shop, somebody("Boris", "+79165550177"));
  EXPECT_TRUE(boris.registered);
  const auto taken = shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::change_person(
        unit, anna.person, {.details = {}, .add = {{.text = "89165550177"}}, .remove = {}});
  });
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, "person_exists");
}

TEST(People, AfterAMergeTheWinnerIsFoundByAllContacts) {
  Workshop shop;
  const auto anna = find(shop, somebody("Anna", "+79165550177"));
  const auto other = find(shop, somebody("Anna K", "", "anna@example.ru"));
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::merge_people(unit, other.person, anna.person);
  }));
  EXPECT_EQ(find(shop, somebody("", "", "anna@example.ru")).person, anna.person);
  EXPECT_EQ(find(shop, somebody("", "+79165550177")).person, anna.person);
  const auto resolved =
      shop.must([&](Unit& unit) { return use_cases::resolve_person(unit, other.person); });
  EXPECT_EQ(resolved, anna.person);
}

TEST(People, TwoFactsOfOneCommandMakeOnePerson) {
  Workshop shop;
  const auto both = shop.must([](Unit& unit) -> Result<std::pair<FoundPerson, FoundPerson>> {
    const auto one =
        TRY(use_cases::find_or_register_person(unit, somebody("Anna", "+79165550177")));
    const auto two = TRY(use_cases::find_or_register_person(unit, somebody("Anna", "89165550177")));
    return std::pair(one, two);
  });
  EXPECT_EQ(both.first.person, both.second.person);
  EXPECT_FALSE(both.second.registered);
  EXPECT_EQ(shop.event_names(), Names{"PersonRegistered"});
}

TEST(Companies, AreFoundByTaxIdAndOtherwiseNew) {
  Workshop shop;
  const auto find_company = [&](std::string name, std::string tax_id) {
    return shop.must([&](Unit& unit) {
      return use_cases::find_or_register_company(unit, {.name = name, .tax_id = tax_id});
    });
  };
  const auto studio = find_company("Studio", "7707083893");
  EXPECT_EQ(find_company("Studio Ltd", "7707-083893").company, studio.company);
  EXPECT_NE(find_company("Studio", "").company, studio.company);
  ASSERT_TRUE(shop.bus().run(shop.request(), [&](Unit& unit) {
    return use_cases::change_company(unit, studio.company, {.tax_id = "5001007322"});
  }));
  EXPECT_TRUE(find_company("Other", "7707083893").registered);
  EXPECT_EQ(find_company("", "5001007322").company, studio.company);
}

TEST(Companies, ATaxIdThatIsTakenIsRefused) {
  Workshop shop;
  const auto studio = shop.must([](Unit& unit) {
    return use_cases::register_company(unit, {.name = "Studio", .tax_id = "7707083893"});
  });
  const auto again = shop.bus().run_for(shop.request(), [](Unit& unit) {
    return use_cases::register_company(unit, {.name = "Copy", .tax_id = "7707083893"});
  });
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "company_exists");
  EXPECT_EQ(again.error().data, R"({"company":")" + studio.text() + R"("})");
}

}  // namespace
}  // namespace dealog
