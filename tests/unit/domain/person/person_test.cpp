#include "libs/domain/person/person.hpp"

#include "libs/base/limits.hpp"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::person {
namespace {

using PersonStory = testing::Story<State>;

Contact contact(std::string text, std::string kind = {}, bool shared = false) {
  auto result =
      normalise({.kind = std::move(kind), .text = std::move(text), .shared = shared}, "RU");
  EXPECT_TRUE(result.has_value());
  return *result;
}
const Contact kMobile = contact("8 (916) 555-01-77");
const Contact kEmail = contact("Anna@Example.RU ");

RegisterPerson anna() { return {.name = "Anna", .contacts = {kMobile, kEmail}}; }

TEST(Contact, AMobileNumberIsKeptAsE164AndAsTypedAndIdentifies) {
  EXPECT_EQ(kMobile.kind, "phone");
  EXPECT_EQ(kMobile.value, "+79165550177");
  EXPECT_EQ(kMobile.typed, "8 (916) 555-01-77");
  EXPECT_TRUE(kMobile.identifies);
  EXPECT_EQ(identifying_tag(kMobile), personal_tag("phone:+79165550177"));
}

TEST(Contact, AnEmailIsComparedInLowerCaseAndIdentifies) {
  EXPECT_EQ(kEmail.kind, "email");
  EXPECT_EQ(kEmail.value, "anna@example.ru");
  EXPECT_EQ(identifying_tag(kEmail), personal_tag("email:anna@example.ru"));
}

TEST(Contact, SharedLandlineInvalidAndMessengerContactsIdentifyNobody) {
  EXPECT_FALSE(contact("8 (916) 555-01-77", "phone", true).identifies);
  EXPECT_FALSE(contact("info@example.ru", "email", true).identifies);
  EXPECT_FALSE(contact("+7 495 123-45-67").identifies);
  EXPECT_FALSE(contact("12345").identifies);
  EXPECT_FALSE(contact("+79165550177", "whatsapp").identifies);
  EXPECT_FALSE(identifying_tag(contact("@anna", "telegram")).has_value());
  EXPECT_EQ(contact("@Anna", "telegram").value, "anna");
}

TEST(Contact, WhatIsNoContactIsRefused) {
  EXPECT_EQ(normalise({.kind = "email", .text = "anna"}, "RU").error().code, "invalid_contact");
  EXPECT_EQ(normalise({.kind = "phone", .text = "-"}, "RU").error().code, "invalid_contact");
  EXPECT_EQ(normalise({.text = "  "}, "RU").error().code, "invalid_contact");
  EXPECT_EQ(normalise({.kind = "telegram", .text = "@"}, "RU").error().code, "invalid_contact");
  EXPECT_EQ(normalise({.kind = "fax", .text = "1"}, "RU").error().code, "unknown_contact_kind");
  EXPECT_EQ(normalise({.kind = "other", .text = "\xff"}, "RU").error().code, "invalid_contact");
  EXPECT_EQ(normalise({.kind = "other", .text = std::string(400, 'x')}, "RU").error().code,
            "invalid_contact");
}

TEST(Person, IsRegisteredOnceAndClaimsHisContacts) {
  PersonStory story;
  story.when(anna()).then({"PersonRegistered"});
  EXPECT_EQ(story.state().name, "Anna");
  EXPECT_EQ(story.tags(), identifying_tags({kMobile, kEmail}));
  story.when(anna()).then_refused("person_exists");
}

TEST(Person, NeedsANameOrAContact) {
  PersonStory().when(RegisterPerson{.name = " "}).then_invalid({"/name"});
  PersonStory().when(RegisterPerson{.name = "", .contacts = {kMobile}}).then({"PersonRegistered"});
  PersonStory()
      .when(RegisterPerson{.name = std::string(2000, 'x'), .position = "\xff"})
      .then_invalid({"/name", "/position"});
}

TEST(Person, TheSameContactTypedTwiceIsOne) {
  PersonStory story;
  story.when(RegisterPerson{.contacts = {kMobile, contact("+79165550177")}});
  EXPECT_EQ(story.state().contacts.size(), 1u);
}

TEST(Person, ChangesOnlyWhatDiffers) {
  PersonStory story;
  story.given(anna());
  story.when(ChangePersonDetails{.name = "Anna"}).then({});
  story.when(ChangePersonDetails{.name = "Anna K", .position = "director"})
      .then({"PersonDetailsChanged"});
  EXPECT_EQ(story.state().name, "Anna K");
  EXPECT_EQ(story.state().position, "director");
}

TEST(Person, AddingAndRemovingAContactBothWriteItsTag) {
  PersonStory story;
  story.given(RegisterPerson{.name = "Anna"});
  story.when(AddContact{kMobile}).then({"PersonContactAdded"});
  EXPECT_EQ(story.tags(), identifying_tags({kMobile}));
  EXPECT_EQ(claimant(story.last()), "stream");
  story.when(AddContact{kMobile}).then({});
  story.when(RemoveContact{kMobile}).then({"PersonContactRemoved"});
  EXPECT_EQ(story.tags(), identifying_tags({kMobile}));
  EXPECT_FALSE(claimant(story.last()).has_value());
  EXPECT_TRUE(story.state().contacts.empty());
  story.when(RemoveContact{kMobile}).then_refused("contact_not_found");
}

TEST(Person, ANumberThatTurnsOutToBeSharedIsReleased) {
  PersonStory story;
  story.given(anna());
  story.when(AddContact{contact("+79165550177", "phone", true)})
      .then({"PersonContactRemoved", "PersonContactAdded"});
  EXPECT_EQ(story.tags(), identifying_tags({kMobile}));
  ASSERT_EQ(story.state().contacts.size(), 2u);
  EXPECT_FALSE(story.state().contacts.back().identifies);
}

TEST(Person, HasABoundedNumberOfContacts) {
  PersonStory story;
  story.given(RegisterPerson{.name = "Anna"});
  for (std::size_t i = 0; i < limits::kContacts; ++i) {
    story.given(AddContact{contact(fmt::format("a{}@example.ru", i))});
  }
  story.when(AddContact{kEmail}).then_refused("too_many_contacts");
}

TEST(Person, AMergeIsSuggestedOnceForEachOther) {
  PersonStory story;
  story.given(anna());
  story.when(SuggestMerge{"per_2", "phone_claimed"}).then({"MergeSuggested"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag("per_2")});
  story.when(SuggestMerge{"per_2", "phone_claimed"}).then({});
}

TEST(Person, ErasingReleasesTheContactsAndForgetsEverything) {
  PersonStory story;
  story.given(anna());
  story.when(ErasePerson{"request"}).then({"PersonErased"});
  const auto tags = story.tags();
  for (const auto& tag : identifying_tags({kMobile, kEmail})) {
    EXPECT_NE(std::find(tags.begin(), tags.end(), tag), tags.end());
  }
  EXPECT_FALSE(claimant(story.last()).has_value());
  EXPECT_TRUE(story.state().erased);
  EXPECT_EQ(story.state().name, "");
  EXPECT_TRUE(story.state().contacts.empty());
  story.when(ErasePerson{"request"}).then_refused("person_erased");
  story.when(AddContact{kMobile}).then_refused("person_erased");
}

TEST(Person, TheSameStateComesOfEventsWhoseKeyIsGone) {
  PersonStory story;
  story.given(anna()).given(AddContact{contact("b@example.ru")}).given(ErasePerson{"request"});
  State erased;
  for (std::size_t i = 0; i < story.history().size(); ++i) {
    evolve(erased, testing::read_back(story.history()[i], {i + 1}, "stream", true));
  }
  EXPECT_EQ(erased, story.state());
}

TEST(Person, WhoIsNotThereCannotBeChanged) {
  PersonStory().when(AddContact{kMobile}).then_refused("person_not_found");
  PersonStory().when(ErasePerson{"request"}).then_refused("person_not_found");
}

TEST(PersonMerge, TheWinnerTakesOverWhatItLacks) {
  PersonStory loser;
  loser.given(anna());
  PersonStory winner;
  winner.given(RegisterPerson{.contacts = {kEmail}});
  const auto merged = decide(loser.state(), winner.state(), MergePersons{"per_1", "per_2"});
  ASSERT_TRUE(merged);
  loser.given_events(merged->of_loser);
  winner.given_events(merged->of_winner);
  EXPECT_EQ(loser.state().merged_into, "per_2");
  EXPECT_TRUE(loser.state().contacts.empty());
  EXPECT_EQ(winner.state().contacts, (std::vector<Contact>{kEmail, kMobile}));
  EXPECT_EQ(winner.state().name, "Anna");
  EXPECT_EQ(merged->of_winner.front().tags, identifying_tags({kMobile}));
  EXPECT_FALSE(claimant(testing::read_back(merged->of_loser.front(), {2}, "per_1")).has_value());
  EXPECT_EQ(claimant(testing::read_back(merged->of_winner.front(), {2}, "per_2")), "per_2");
  loser.when(AddContact{kMobile}).then_refused("person_merged");
}

TEST(PersonMerge, NobodyIsMergedIntoHimselfOrIntoNobody) {
  PersonStory story;
  story.given(anna());
  EXPECT_EQ(decide(story.state(), story.state(), MergePersons{"per_1", "per_1"}).error().code,
            "same_person");
  EXPECT_EQ(decide(story.state(), State{}, MergePersons{"per_1", "per_2"}).error().code,
            "person_not_found");
}

}  // namespace
}  // namespace dealog::person
