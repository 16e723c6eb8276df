// What is left of a deal when the keys of its texts and people are gone.
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

TEST(DealErasure, KeepsStagesMoneyAndTasksAndLosesTexts) {
  DealStory story = an_accepted_quote(rub(200), "meeting_scheduling");
  DetailsChange brief;
  brief.custom = {{"brief_goal", rules::FieldValue(std::string("More orders"))}};
  brief.title = "Another title";
  story.given(ChangeDealDetails{brief});
  story.given(CreateTask{.kind = "meeting",
                         .title = "Talk",
                         .due = {.at = noon() + std::chrono::hours(1)},
                         .place = "Office",
                         .participants = {kCustomer.text()},
                         .note = "Portfolio"});
  const State& erased = story.erased_state();
  EXPECT_EQ(erased.title, "");
  EXPECT_TRUE(erased.custom.empty());
  EXPECT_EQ(erased.visits, story.state().visits);
  EXPECT_EQ(erased.open_tasks, story.state().open_tasks);
  EXPECT_EQ(erased.quotes, story.state().quotes);
  EXPECT_EQ(erased.invoices, story.state().invoices);
  EXPECT_EQ(erased.agreed(), rub(200));
}

TEST(DealErasure, GatesStillJudgeWhatIsLeft) {
  DealStory story;
  OpenDeal lead = a_lead();
  lead.custom = {{"brief_goal", rules::FieldValue(std::string("More orders"))}};
  story.given(lead).given_stage("meeting");
  story.where(PartyFacts{});
  EXPECT_FALSE(decide(story.erased_state(), ChangeDealStage{.to = "proposal"}, story.context()));
  const DealFacts facts(story.erased_state(), story.context());
  EXPECT_FALSE(facts.field("custom.brief_goal"));
  EXPECT_FALSE(facts.field("title"));
  EXPECT_FALSE(facts.field("person.phone"));
  EXPECT_TRUE(facts.field("person"));
}

TEST(DealErasure, AFieldThatWasSetAgainIsNotKeptFromBefore) {
  DealStory story;
  OpenDeal lead = a_lead();
  lead.custom = {{"brief_goal", rules::FieldValue(std::string("Old"))}};
  story.given(lead);
  // The opening is readable, the change no more: the old value must not come back.
  State state;
  evolve(state, story.history().front());
  DetailsChange change;
  change.custom = {{"brief_goal", rules::FieldValue(std::string("New"))}};
  story.when(ChangeDealDetails{change});
  evolve(state, testing::recorded(story.events().front(), story.context().actor, noon(), true));
  EXPECT_TRUE(state.custom.empty());
}

TEST(DealState, UnknownEventsOnlyCount) {
  DealStory story;
  story.given(a_lead());
  State state = story.state();
  RecordedEvent foreign;
  foreign.payload = std::make_shared<v1::PaymentReceived>();
  evolve(state, foreign);
  EXPECT_EQ(state.version.value, story.state().version.value + 1);
  state.version = story.state().version;
  EXPECT_EQ(state, story.state());
}

}  // namespace
}  // namespace dealog::deal
