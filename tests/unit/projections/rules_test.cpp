// Triggers of rules, derived from the log: what is due, when, and what takes it away.
#include "dealog/v1/rule_events.pb.h"
#include "tests/unit/projections/rules_fixture.hpp"

namespace dealog::views {
namespace {

TEST_F(Rules, TriggerOnWhatHappensAfterTheirPublicationOnly) {
  const auto before = lead();
  publish(rule("met", "{stage_entered: meeting}") + rule("came", "{deal: opened}"));
  EXPECT_TRUE(due().empty());
  given(before, stage_changed("incoming", "meeting", 2));
  EXPECT_THAT(due(), ElementsAre("met"));
  const auto pending = only_due();
  EXPECT_EQ(pending.deal, before);
  EXPECT_EQ(pending.visit, 2u);
  EXPECT_EQ(pending.regulation_version, 1u);
  EXPECT_EQ(pending.cause, history_.last_id());
  lead();
  EXPECT_THAT(due(), ElementsAre("met", "came"));
}

TEST_F(Rules, ThatAreOffTriggerNothingUntilSwitchedOn) {
  publish(rule("left", "{stage_left: any}", "off"));
  const auto deal = lead();
  given(deal, stage_changed("incoming", "meeting", 2));
  EXPECT_TRUE(due().empty());
  v1::RuleModeChanged m;
  m.set_pipeline("web-studio");
  m.set_rule("left");
  m.set_mode("simulate");
  m.set_regulation_version(1);
  given("rul_1", m);
  given(deal, stage_changed("meeting", "incoming", 3));
  EXPECT_THAT(due(), ElementsAre("left"));
}

TEST_F(Rules, EndWithTheEventThatNamesTheirTrigger) {
  publish(rule("came", "{deal: opened}") + rule("entered", "{stage_entered: any}"));
  const auto deal = lead();
  const auto context = now();
  const auto all = must(RulesView(context).due(10));
  ASSERT_EQ(all.size(), 2u);
  v1::RuleFired fired;
  fired.set_trigger(all[0].trigger);
  fired.set_rule("came");
  given(deal, fired);
  EXPECT_THAT(due(), ElementsAre("entered"));
  v1::EffectSkipped skipped;
  skipped.set_trigger(all[1].trigger);
  skipped.set_reason("conditions_not_met");
  given(deal, skipped);
  EXPECT_TRUE(due().empty());
  const auto after = now();
  EXPECT_EQ(must(RulesView(after).counts("web-studio", "came")).fired, 1u);
  EXPECT_EQ(must(RulesView(after).counts("web-studio", "entered")).skipped, 1u);
}

TEST_F(Rules, WhoseConditionCannotHoldAreNotTriggered) {
  std::string text = rule("unowned", "{deal: opened}");
  text.replace(text.find("    actions"), 0, "    conditions:\n      - not: {field: owner}\n");
  publish(text);
  auto owned = deal_opened("Site");
  owned.set_owner("usr_1");
  open(owned);
  EXPECT_TRUE(due().empty());
  lead();
  EXPECT_THAT(due(), ElementsAre("unowned"));
}

TEST_F(Rules, ATimerRunsInBusinessTimeAcrossTheClockChange) {
  publish(rule("waits", "{no_answer: 2 business hours}"));
  const auto deal = lead();
  // The Friday before summer time begins, an hour before the office closes: 17:00 in Berlin.
  at_time("2026-03-27T16:00:00Z");
  given(deal, touch("email", "in", "received"));
  // Monday 10:00 in Berlin is 08:00 UTC by then.
  EXPECT_EQ(next(), time_of("2026-03-30T08:00:00Z"));
  EXPECT_TRUE(due("2026-03-30T07:59:59Z").empty());
  EXPECT_THAT(due("2026-03-30T08:00:00Z"), ElementsAre("waits"));
}

TEST_F(Rules, AnAnswerStopsTheClockAndOnlyTheFirstQuestionStartsIt) {
  publish(rule("waits", "{no_answer: 1 hour}"));
  const auto deal = lead();
  given(deal, touch("email", "in", "received"));
  history_.clock().advance(30min);
  given(deal, touch("email", "in", "received"));
  EXPECT_EQ(next(), time_of("2026-03-02T10:00:00Z"));
  given(deal, touch("call", "out", "no_answer"));
  EXPECT_TRUE(next().has_value());
  given(deal, touch("call", "out", "connected", true));
  EXPECT_FALSE(next().has_value());
  given(deal, touch("message", "in", "received"));
  EXPECT_EQ(next(), time_of("2026-03-02T10:30:00Z"));
}

TEST_F(Rules, AnAnswerFromBeforeTheQuestionDoesNotStopTheClock) {
  publish(rule("waits", "{no_answer: 1 hour}"));
  const auto deal = lead();
  given(deal, touch("email", "in", "received"));
  given(deal, touch("call", "out", "connected", true),
        {.occurred = time_of("2026-03-01T09:00:00Z")});
  EXPECT_TRUE(next().has_value());
}

TEST_F(Rules, AnOverdueTaskMovesWithItsDate) {
  publish(rule("late", "{task_overdue: {kind: call, by: 1 hour}}"));
  const auto deal = lead();
  const auto monday = time_of("2026-03-02T12:00:00Z");
  const auto id = task(deal, "usr_1", monday, monday);
  task(deal, "usr_1", monday, monday, "email");
  EXPECT_THAT(due("2026-03-02T13:00:00Z"), ElementsAre("late " + id));
  v1::TaskRescheduled moved;
  moved.set_task(id);
  *moved.mutable_due() = due_between(monday + 24h, monday + 24h);
  given(deal, moved);
  EXPECT_TRUE(due("2026-03-02T13:00:00Z").empty());
  EXPECT_THAT(due("2026-03-03T13:00:00Z"), ElementsAre("late " + id));
  v1::TaskCompleted done;
  done.set_task(id);
  given(deal, done);
  EXPECT_FALSE(next().has_value());
}

TEST_F(Rules, KnowTheKindOfATaskFromBeforeTheirPublication) {
  const auto deal = lead();
  const auto id = task(deal, "usr_1", {}, {}, "email");
  publish(rule("called", "{task_completed: call}") + rule("mailed", "{task_completed: email}"));
  v1::TaskCompleted done;
  done.set_task(id);
  given(deal, done);
  EXPECT_THAT(due(), ElementsAre("mailed " + id));
}

TEST_F(Rules, NoNextStepWaitsForATask) {
  publish(rule("plan", "{no_next_step: 1 hour}"));
  const auto deal = lead();
  EXPECT_EQ(next(), time_of("2026-03-02T10:00:00Z"));
  const auto id = task(deal, "usr_1", {}, {});
  EXPECT_FALSE(next().has_value());
  history_.clock().advance(3h);
  v1::TaskCancelled cancelled;
  cancelled.set_task(id);
  given(deal, cancelled);
  EXPECT_EQ(next(), time_of("2026-03-02T13:00:00Z"));
  given(deal, v1::DealLost());
  EXPECT_FALSE(next().has_value());
}

TEST_F(Rules, ASilentQuoteIsEndedByAnythingTheCustomerSays) {
  publish(rule("silent", "{quote_silent: 1 day}"));
  const auto deal = lead();
  v1::QuoteSent sent;
  sent.set_quote("quo_1");
  given(deal, sent);
  EXPECT_THAT(due("2026-03-03T09:00:00Z"), ElementsAre("silent quo_1"));
  given(deal, touch("email", "in", "received"));
  EXPECT_FALSE(next().has_value());
  given(deal, sent);
  EXPECT_TRUE(next().has_value());
  v1::QuoteRejected rejected;
  rejected.set_quote("quo_1");
  given(deal, rejected);
  EXPECT_FALSE(next().has_value());
}

TEST_F(Rules, AnInvoiceIsOverdueUntilAllOfItIsPaid) {
  publish(rule("overdue", "{invoice_overdue: any}") +
          rule("paid", "{invoice: {kind: prepayment, state: paid}}") +
          rule("money", "{payment: received}"));
  const auto deal = lead();
  const auto id = invoice(deal, 1000, time_of("2026-03-05T00:00:00Z"));
  EXPECT_EQ(next(), time_of("2026-03-05T00:00:00Z"));
  pay(deal, id, 400);
  EXPECT_TRUE(next().has_value());
  EXPECT_THAT(due(), ElementsAre("money pay_1"));
  pay(deal, id, 600);
  EXPECT_FALSE(next().has_value());
  EXPECT_THAT(due(), ElementsAre("money pay_1", "money pay_1", "paid " + id));
}

TEST_F(Rules, WhatIsReportedFromElsewhereTriggersNothing) {
  publish(rule("entered", "{stage_entered: any}"));
  const auto deal = lead();
  EXPECT_EQ(due().size(), 1u);
  v1::DealStageReported reported;
  reported.set_to("meeting");
  reported.set_visit(2);
  given(deal, reported);
  EXPECT_EQ(due().size(), 1u);  // of another append: the lead itself came to us
}

TEST_F(Rules, GoOnAfterAPauseInTheVersionTheyBegan) {
  publish(rule("entered", "{stage_entered: meeting}"));
  const auto deal = lead();
  given(deal, stage_changed("incoming", "meeting", 2));
  v1::RuleFired fired;
  fired.set_trigger(only_due().trigger);
  fired.set_rule("entered");
  fired.set_regulation_version(1);
  fired.set_goes_on_at(time_of("2026-03-04T09:00:00Z").us);
  fired.set_next_step(2);
  given(deal, fired);
  const auto cause = history_.last_id();
  publish(rule("entered", "{stage_entered: any}"));
  EXPECT_TRUE(due().empty());
  at_time("2026-03-04T09:00:00Z");
  const auto pending = only_due();
  EXPECT_EQ(pending.step, 2u);
  EXPECT_EQ(pending.regulation_version, 1u);
  EXPECT_EQ(pending.cause, cause);
  // Leaving the stage takes the pause away.
  given(deal, stage_changed("meeting", "incoming", 3));
  EXPECT_THAT(due(), ElementsAre("entered"));
  EXPECT_EQ(only_due().visit, 3u);
}

TEST_F(Rules, TellEachUserHisOwnNotifications) {
  const auto deal = lead();
  v1::NotificationRaised m;
  m.set_user("usr_1");
  m.set_rule("silent");
  m.set_text("Look");
  given(deal, m);
  m.set_user("usr_2");
  given(deal, m);
  const auto context = now();
  const auto page = must(RulesView(context).notifications("usr_1", {}));
  ASSERT_EQ(page.items.size(), 1u);
  EXPECT_EQ(page.items[0].text.value, "Look");
  EXPECT_EQ(page.items[0].deal, deal);
  const auto masked = now(PersonalView::kMasked);
  EXPECT_EQ(must(RulesView(masked).notifications("usr_1", {})).items[0].text.state,
            TextState::kMasked);
}

}  // namespace
}  // namespace dealog::views
