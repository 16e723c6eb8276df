// Lost, reopened, and when things happened.
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

using namespace std::chrono_literals;

TEST(DealOutcome, IsLostFromAnyStageWithAReasonOfTheRegulation) {
  for (const rules::Stage& stage : web_studio().stages) {
    DealStory story;
    story.given(a_deal_worth(rub(50)));
    if (stage.code != "incoming") story.given_stage(stage.code);
    story.when(LoseDeal{"competitor", "They were cheaper"}).then({"DealLost", "TaskCancelled"});
    EXPECT_EQ(story.event<v1::DealLost>().stage(), stage.code);
    EXPECT_EQ(story.event<v1::DealLost>().agreed().minor(), 5000);
    EXPECT_EQ(story.state().outcome, Outcome::kLost);
    EXPECT_EQ(story.state().stage(), stage.code);
  }
}

TEST(DealOutcome, LosingCancelsEveryOpenTaskWithItsCause) {
  DealStory story;
  story.given(a_lead()).given(CreateTask{.kind = "call", .title = "Ask once more"});
  ASSERT_GE(story.state().open_tasks.size(), 2u) << "the stage made one as well";
  const auto open = story.state().open_tasks.size();
  story.when(LoseDeal{"price"});
  EXPECT_TRUE(story.state().open_tasks.empty());
  EXPECT_EQ(story.state().closed_tasks.size(), open);
  EXPECT_EQ(story.made("TaskCancelled").rule, "deal_closed");
  EXPECT_EQ(story.made("TaskCancelled").caused_by, 0u);
}

TEST(DealOutcome, WinningCancelsWhatEarlierStagesPlannedOnly) {
  DealStory story = an_accepted_quote(rub(100), "meeting");
  story.given(ChangeDealStage{.to = "classification", .reason = "They vanished"});
  story.given(CreateTask{.kind = "review", .title = "Ask for a review in a month"});
  const auto kinds = [&] {
    std::multiset<std::string> open;
    for (const auto& task : story.state().open_tasks) open.insert(task.kind);
    return open;
  };
  ASSERT_EQ(kinds(), (std::multiset<std::string>{"call", "classify", "follow_up", "review"}));
  story.who_may_override().given(
      ChangeDealStage{.to = "paid_in_full", .reason = "They paid at once", .override_gates = true});
  ASSERT_EQ(kinds(),
            (std::multiset<std::string>{"call", "classify", "follow_up", "repeat_sale", "review"}));
  story.given(AllocatePayment{.payment = kPayment, .amount = rub(100)});
  ASSERT_EQ(story.state().outcome, Outcome::kWon);
  EXPECT_EQ(kinds(), (std::multiset<std::string>{"repeat_sale", "review"}));
}

TEST(DealOutcome, LosingNeedsAReasonFromTheList) {
  DealStory story;
  story.given(a_lead()).when(LoseDeal{""}).then_invalid({"/reason required"});
  story.when(LoseDeal{"bad_weather"}).then_invalid({"/reason unknown_loss_reason"});
}

TEST(DealOutcome, ReopeningStartsANewVisitAndEpisode) {
  DealStory story;
  story.given(a_lead()).given_stage("meeting").given(LoseDeal{"postponed"});
  story.when(LoseDeal{"postponed"}).then_refused("deal_closed");
  story.later(24h).when(ReopenDeal{"They came back"}).then({"DealReopened"});
  EXPECT_EQ(story.state().outcome, Outcome::kOpen);
  EXPECT_EQ(story.state().stage(), "meeting");
  EXPECT_EQ(story.state().visit(), 3u);
  EXPECT_EQ(story.state().episode, 2u);
  EXPECT_EQ(story.state().entered_at(), noon() + 24h);
  EXPECT_FALSE(story.state().stuck_at.is_zero());
  story.when(ReopenDeal{}).then_refused("deal_open");
  story.given(LoseDeal{"price"});
  EXPECT_EQ(story.state().episode, 2u);
}

TEST(DealOutcome, IsTaggedWithEveryParticipant) {
  const auto payer = id<PersonId>(40);
  const std::vector<Tag> both = {deals_of(kCustomer), deals_of(payer)};
  DealStory story;
  story.given(a_lead()).given(SetParticipant{payer, "payer"});
  story.when(LoseDeal{"price"});
  EXPECT_EQ(story.made("DealLost").tags, both);
  story.when(ReopenDeal{});
  EXPECT_EQ(story.made("DealReopened").tags, both);
}

TEST(DealOutcome, AWonDealThatIsReopenedIsNotWonAgainAtOnce) {
  DealStory story = an_accepted_quote(rub(100), "paid_in_full");
  story.given(AllocatePayment{.payment = kPayment, .amount = rub(100)});
  ASSERT_EQ(story.state().outcome, Outcome::kWon);
  story.when(ReopenDeal{"They want more"}).then({"DealReopened"});
  EXPECT_EQ(story.state().outcome, Outcome::kOpen);
}

TEST(DealTime, NothingIsDatedMoreThanFiveMinutesAhead) {
  DealStory story;
  story.given(a_lead());
  RecordTouch touch = a_call("in", "connected");
  touch.occurred = OccurredAt{.at = noon() + 5min};
  story.when(touch).then({"TouchRecorded"});
  touch.occurred = OccurredAt{.at = noon() + 5min + 1us};
  story.when(touch).then_refused("occurred_in_future");
  story.then_invalid({"/occurred_at occurred_in_future"});
}

TEST(DealTime, MovesOutcomesAndOwnersDoNotPrecedeTheLastSuchEvent) {
  DealStory story;
  story.later(1h).given(a_lead()).later(1h).given_stage("meeting");
  const Occurred before = OccurredAt{.at = noon() + 90min};
  story.who_may_import();
  story.when(ChangeDealStage{.to = "incoming", .reason = "x", .occurred = before})
      .then_refused("occurred_too_early");
  story.when(LoseDeal{.reason = "price", .occurred = before}).then_refused("occurred_too_early");
  story.when(AssignDealOwner{kBoris, before}).then_refused("occurred_too_early");
  story.when(ReportDealStage{"proposal", "import", before}).then_refused("occurred_too_early");
  story.later(1h).given(AssignDealOwner{kBoris});
  story.when(LoseDeal{.reason = "price", .occurred = OccurredAt{.at = noon() + 150min}})
      .then_refused("occurred_too_early");
}

TEST(DealTime, AMoveWithoutATimeNeverPrecedesOneDatedAhead) {
  DealStory story;
  story.given(a_lead());
  story.given(AssignDealOwner{kBoris, OccurredAt{.at = noon() + 4min}});
  story.when(LoseDeal{"price"}).then({"DealLost", "TaskCancelled"});
  EXPECT_EQ(story.made("DealLost").occurred->at, noon() + 4min);
}

TEST(DealTime, ALateTouchIsStampedWithTheVisitOfItsTime) {
  DealStory story;
  story.given(a_lead()).later(2h).given_stage("meeting").later(2h).given(LoseDeal{"price"});
  RecordTouch touch = a_call("in", "connected");
  touch.occurred = OccurredAt{.at = noon() + 1h};
  story.when(touch).then({"TouchRecorded"});
  EXPECT_EQ(story.event<v1::TouchRecorded>().stage(), "incoming");
  EXPECT_EQ(story.event<v1::TouchRecorded>().visit(), 1u);
  touch.occurred = OccurredAt{.at = noon() + 2h};
  story.when(touch);
  EXPECT_EQ(story.event<v1::TouchRecorded>().stage(), "meeting");
  touch.occurred = OccurredAt{.at = noon() - 24h};
  story.when(touch);
  EXPECT_EQ(story.event<v1::TouchRecorded>().visit(), 1u);
}

TEST(DealTime, LatePaymentsAndDocumentsAreStampedToo) {
  DealStory story;
  story.given(a_deal_worth(rub(10))).later(2h).given_stage("meeting");
  const Occurred early = OccurredAt{.at = noon() + 1h};
  story.when(AllocatePayment{.payment = kPayment, .amount = rub(1), .occurred = early});
  EXPECT_EQ(story.event<v1::PaymentAllocated>().visit(), 1u);
  EXPECT_EQ(story.event<v1::PaymentAllocated>().stage(), "incoming");
  story.when(AddDocument{.kind = "contract", .title = "Contract", .occurred = early});
  EXPECT_EQ(story.event<v1::DocumentAdded>().visit(), 1u);
  story.when(SignDocument{story.document()});
  EXPECT_EQ(story.event<v1::DocumentSigned>().visit(), 2u);
}

TEST(DealTime, ADayWithoutAnHourMayBeTheDayOfTheLastMove) {
  DealStory story;
  story.given(a_lead());
  const OccurredAt today{.date = Date::of(2026, 3, 17), .time_zone = "Europe/Moscow"};
  story.when(LoseDeal{.reason = "price", .occurred = today}).then({"DealLost", "TaskCancelled"});
  EXPECT_EQ(story.made("DealLost").occurred->at, at("2026-03-16T21:00:00Z"));
  EXPECT_EQ(story.state().closed_at, noon());
  const OccurredAt yesterday{.date = Date::of(2026, 3, 16), .time_zone = "Europe/Moscow"};
  story.when(ReopenDeal{.occurred = yesterday}).then_refused("occurred_too_early");
}

TEST(DealTime, ADayNeedsAZoneThatExists) {
  DealStory story;
  RecordTouch touch = a_call("in", "connected");
  touch.occurred = OccurredAt{.date = Date::of(2026, 3, 16), .time_zone = "Mars/Olympus"};
  story.given(a_lead()).when(touch).then_refused("unknown_time_zone");
}

}  // namespace
}  // namespace dealog::deal
