// Rules that run by themselves, exactly once, and say why: through the log, the views and the
// runner, on a virtual clock.
#include <thread>
#include <tuple>

#include <gmock/gmock.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "tests/scenarios/rule_story.hpp"

namespace dealog::scenario {
namespace {

using namespace std::chrono_literals;
using Counts = std::map<std::string, int>;
using ::testing::ElementsAre;

TEST(RulesStory, WhatARuleDoesFollowsFromRuleFiredAndThatFromItsCause) {
  Office office;
  office.publish(regulation(
      {rule("plan", "{stage_entered: second}", {kTask, "wait: 2 hours", "complete_tasks: call"})}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  const RecordedEvent move = office.events("DealStageChanged").at(0);
  office.settle();
  const RecordedEvent fired = office.events("RuleFired").at(0);
  const RecordedEvent task = office.events("TaskCreated").at(0);
  EXPECT_EQ(fired.causation_id, move.id);
  EXPECT_EQ(task.causation_id, fired.id);
  EXPECT_EQ(task.correlation_id, move.correlation_id);
  EXPECT_EQ(task.actor.kind, "rule");
  EXPECT_EQ(task.actor.id, rule::id_of("web-studio", "plan").text());
  EXPECT_EQ(task.rule, "plan");
  EXPECT_EQ(task.rule_version, 1u);
  EXPECT_TRUE(task.as<v1::TaskCreated>()->automatic());
  EXPECT_EQ(fired.as<v1::RuleFired>()->goes_on_at(), (office.clock.now() + 2h).us);
  // Two hours later it goes on, once.
  office.later(2h - 1s);
  office.settle();
  EXPECT_EQ(office.deal(deal).open_tasks.size(), 1u);
  office.later(1s);
  office.settle();
  office.settle();
  EXPECT_TRUE(office.deal(deal).open_tasks.empty());
  EXPECT_EQ(office.made_by("plan"),
            (Counts{{"RuleFired", 2}, {"TaskCreated", 1}, {"TaskCompleted", 1}}));
}

TEST(RulesStory, ASecondRunnerAndARebuildCarryOutNothingTwice) {
  Office office(nullptr, AtOnce::kRunner);
  office.publish(regulation({rule("plan", "{deal: opened}", {kTask})}));
  constexpr int kDeals = 40;
  for (int i = 0; i < kDeals; ++i) office.open();
  office.caught_up();
  automation::RuleRunner one(office.bus(), office.views(), office.projections());
  automation::RuleRunner two(office.bus(), office.views(), office.projections());
  {
    // Whoever finds the other at work on a trigger comes again later.
    const std::jthread beside([&] { std::ignore = two.run_once(); });
    std::ignore = one.run_once();
  }
  office.settle();
  const Counts once{{"RuleFired", kDeals}, {"TaskCreated", kDeals}};
  EXPECT_EQ(office.made_by("plan"), once);
  const Position settled = office.head();
  office.reopen(true);
  office.settle();
  EXPECT_EQ(office.head(), settled);
  EXPECT_EQ(office.made_by("plan"), once);
}

// The process is killed after the append, before the views know of it: the rows of before the kill
// still ask for what is done already.
TEST(RulesStory, WhatWasAppendedBeforeAKillIsNotDoneAgain) {
  Office office(nullptr, AtOnce::kRunner);
  office.publish(regulation({rule("plan", "{deal: opened}", {kTask})}));
  const DealId deal = office.open();
  office.caught_up();
  const auto stale = must(office.views().snapshot());
  const ViewContext context{*stale, office.keys, PersonalView::kMasked, office.clock.now()};
  const auto pending = must(views::RulesView(context).due(10));
  ASSERT_EQ(pending.size(), 1u);
  office.settle();
  const Position done = office.head();
  const CommandRequest again{.name = "carry_out_rule",
                             .stream = deal.text(),
                             .actor = {"rule", "rul_1"},
                             .rights = user::Rights::all(),
                             .computed_id = Uuid::derived(pending[0].cause, pending[0].trigger)};
  const auto outcome = must(office.bus().run(again, [&](Unit& unit) -> Result<void> {
    return use_cases::skip_rule(unit, {.trigger = pending[0].trigger, .deal = deal}, "never");
  }));
  EXPECT_TRUE(outcome.existed);
  EXPECT_EQ(office.head(), done);
}

TEST(RulesStory, RulesThatFeedEachOtherAreStoppedAndPeopleSeeIt) {
  Office office;
  office.publish(regulation({rule("ping", "{stage_entered: first}", {"move_to: second"}),
                             rule("pong", "{stage_entered: second}", {"move_to: first"})}));
  const DealId deal = office.open();
  office.settle();
  const auto stopped = payloads<v1::AutomationStopped>(office);
  ASSERT_EQ(stopped.size(), 1u);
  EXPECT_TRUE(stopped[0].what().starts_with("rule:p"));
  EXPECT_EQ(stopped[0].depth(), use_cases::kRuleDepth);
  EXPECT_THAT(skips(office), ElementsAre("loop_stopped"));
  EXPECT_EQ(office.deal(deal).visit(), 1u + use_cases::kRuleDepth / 2);
  const Position settled = office.head();
  office.settle();
  EXPECT_EQ(office.head(), settled);
}

TEST(RulesStory, AMovePassesTheGatesOrSaysWhatIsMissing) {
  Office office;
  office.publish(regulation({rule("on", "{stage_entered: second}", {kTask, "move_to: third"})}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  const auto failed = payloads<v1::EffectFailed>(office);
  ASSERT_EQ(failed.size(), 1u);
  EXPECT_EQ(failed[0].reason(), "gate_not_met: field:amount");
  EXPECT_EQ(failed[0].effect(), "rule:on");
  EXPECT_EQ(office.deal(deal).stage(), "second");
  // All of its actions or none.
  EXPECT_TRUE(office.deal(deal).open_tasks.empty());
}

TEST(RulesStory, ASimulatedRuleSaysWhatItWouldHaveDoneAndDoesNothing) {
  Office office;
  office.publish(
      regulation({rule("plan", "{stage_entered: second}", {kTask}, "simulate", "    once: deal\n"),
                  rule("on", "{stage_entered: second}", {"move_to: third"}, "simulate")}));
  const DealId deal = office.open();
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  const auto tried = payloads<v1::RuleSimulated>(office);
  ASSERT_EQ(tried.size(), 2u);
  EXPECT_THAT(tried[0].events(), ElementsAre("TaskCreated"));
  EXPECT_EQ(tried[1].refusal(), "gate_not_met: field:amount");
  EXPECT_TRUE(office.deal(deal).open_tasks.empty());
  // Switched on, it acts from now on, and what it only tried does not count against its limit.
  office.set_mode("plan", "live");
  office.change(deal, deal::ChangeDealStage{.to = "first", .reason = "again"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  office.settle();
  EXPECT_EQ(office.deal(deal).open_tasks.size(), 1u);
  office.set_mode("plan", "off");
  office.set_mode("on", "off");
  office.change(deal, deal::ChangeDealStage{.to = "first", .reason = "again"});
  office.change(deal, deal::ChangeDealStage{.to = "second"});
  const Position quiet = office.head();
  office.settle();
  EXPECT_EQ(office.head(), quiet);
}

TEST(RulesStory, AfterDowntimeEachTimerDoesWhatItsRuleSays) {
  Office office;
  office.publish(
      regulation({rule("always", "{no_next_step: 1 hour}", {kTask}, "live"),
                  rule("never", "{no_next_step: 1 hour}", {kTask}, "live", "    late: skip\n"),
                  rule("soon", "{no_next_step: 1 hour}", {kTask}, "live", "    late: 2 hours\n")}));
  const DealId first = office.open();
  office.later(4h);
  office.reopen();
  office.settle();
  EXPECT_EQ(office.deal(first).open_tasks.size(), 1u);
  EXPECT_THAT(payloads<v1::RuleFired>(office).at(0).rule(), "always");
  // The first task answers the others, whether they are late or not.
  EXPECT_THAT(skips(office), ElementsAre("next_step_planned", "next_step_planned"));
}

TEST(RulesStory, ATimerOfARuleThatIsGoneOrOffIsSkipped) {
  Office office;
  office.publish(regulation(
      {rule("gone", "{no_answer: 1 hour}", {kTask}), rule("off", "{no_answer: 1 hour}", {kTask})}));
  const deal::RecordTouch mail{.kind = "email", .direction = "in", .outcome = "received"};
  const DealId deal = office.open();
  office.change(deal, mail);
  office.settle();
  office.publish(regulation({rule("off", "{no_answer: 1 hour}", {kTask}, "off")}));
  office.later(1h);
  office.settle();
  EXPECT_THAT(skips(office), ElementsAre("rule_removed", "rule_off"));
  EXPECT_TRUE(office.deal(deal).open_tasks.empty());
}

TEST(RulesStory, ADealGoesToWhoHasTheSkillThatItNeeds) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  office.run(boris.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::change_user(unit, boris, {.skills = std::vector<std::string>{"site"}}));
    return true;
  });
  office.publish(regulation(
      {rule("share", "{deal: opened}", {"assign: {round_robin: seller, skill: source}"})}));
  const DealId first = office.open({.title = "One", .source = "site"});
  const DealId second = office.open({.title = "Two", .source = "site"});
  const DealId third = office.open({.title = "Three", .source = "phone"});
  office.settle();
  EXPECT_EQ(office.deal(first).owner, boris);
  EXPECT_EQ(office.deal(second).owner, boris);
  EXPECT_EQ(office.deal(third).owner, anna) << "nobody has that skill: it is her turn";
  const auto chosen = payloads<v1::OwnerChosen>(office);
  ASSERT_EQ(chosen.size(), 3u);
  EXPECT_EQ(chosen[0].skill(), "site");
  for (const auto& candidate : chosen[0].candidates()) {
    EXPECT_EQ(candidate.skilled(), candidate.user() == boris.text());
  }
}

TEST(RulesStory, TheLeastLoadedGetsTheNextDealAlsoWhenManyComeAtOnce) {
  Office office;
  const UserId anna = office.hire("Anna", "seller"), boris = office.hire("Boris", "seller");
  office.hire("Clara", "supervisor");
  office.publish(regulation({rule("share", "{deal: opened}", {"assign: {least_loaded: seller}"},
                                  "live", "    conditions:\n      - not: {field: owner}\n")}));
  std::vector<DealId> deals;
  for (int i = 0; i < 3; ++i) {
    office.open({.title = "His", .owner = anna, .source = "phone"});
  }
  for (int i = 0; i < 5; ++i) deals.push_back(office.open());
  office.settle();
  int of_anna = 0, of_boris = 0;
  for (const DealId& deal : deals) {
    of_anna += office.deal(deal).owner == anna ? 1 : 0;
    of_boris += office.deal(deal).owner == boris ? 1 : 0;
  }
  EXPECT_EQ(of_anna, 1);
  EXPECT_EQ(of_boris, 4);
  const auto chosen = payloads<v1::OwnerChosen>(office);
  ASSERT_EQ(chosen.size(), 5u);
  EXPECT_EQ(chosen[0].candidates_size(), 2);
  EXPECT_EQ(chosen[0].by(), "least_loaded");
}

// ---- the web studio ----

class WebStudioStory : public ::testing::Test {
 protected:
  void SetUp() override {
    anna_ = office_.hire("Anna", "seller");
    boris_ = office_.hire("Boris", "seller");
    head_ = office_.hire("Clara", "supervisor");
    office_.publish_web_studio();
    office_.set_mode("owner_in_turn", "live");
  }
  DealId lead() {
    return office_.open(
        {.title = "Site", .source = "site"},
        deal::RecordTouch{.kind = "form", .direction = "in", .outcome = "received"});
  }
  std::vector<std::string> told(const UserId& user) {
    std::vector<std::string> rules;
    for (const auto& m : payloads<v1::NotificationRaised>(office_)) {
      if (m.user() == user.text()) rules.push_back(m.rule());
    }
    return rules;
  }
  // Plays a time in steps, as a service that is up would see it.
  void run_for(Duration duration, Duration step) {
    for (Duration gone{0}; gone < duration; gone += step) {
      office_.later(step);
      office_.settle();
    }
  }

  Office office_;
  UserId anna_, boris_, head_;
};

TEST_F(WebStudioStory, LeadsGetAnOwnerInTurnAndTheUnansweredEscalateOnce) {
  const DealId first = lead();
  const DealId second = lead();
  office_.settle();
  EXPECT_NE(office_.deal(first).owner, office_.deal(second).owner);
  EXPECT_FALSE(office_.deal(second).owner.is_nil());
  office_.later(5min);
  office_.change(second,
                 deal::RecordTouch{.kind = "call", .direction = "out", .outcome = "connected"});
  run_for(1h, 5min);
  EXPECT_THAT(told(head_), ElementsAre("lead_not_answered"));
  EXPECT_THAT(told(office_.deal(first).owner), ElementsAre("lead_not_answered"));
}

TEST_F(WebStudioStory, AMissedMeetingIsArrangedAnew) {
  const DealId deal = lead();
  office_.settle();
  office_.change(deal,
                 deal::RecordTouch{.kind = "meeting", .direction = "out", .outcome = "no_show"});
  office_.settle();
  EXPECT_EQ(office_.made_by("meeting_missed"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
}

TEST_F(WebStudioStory, ASilentQuoteIsFollowedUpThenTheSupervisorHears) {
  const DealId deal = lead();
  const QuoteId quote(Uuid::derived({}, "quote"));
  office_.change(deal,
                 deal::DraftQuote{
                     .contents = {.lines = {{.title = "Site",
                                             .unit_price = {100'000'00, *Currency::parse("RUB")}}}},
                     .id = quote});
  office_.change(deal, deal::SendQuote{quote});
  run_for(24h * 3, 1h);
  EXPECT_EQ(office_.made_by("quote_silent"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
  EXPECT_TRUE(office_.made_by("quote_silent_long").empty());
  run_for(24h * 6, 1h);
  EXPECT_EQ(office_.made_by("quote_silent_long"),
            (Counts{{"RuleFired", 1}, {"NotificationRaised", 1}}));
  EXPECT_EQ(office_.made_by("quote_silent"), (Counts{{"RuleFired", 1}, {"TaskCreated", 1}}));
}

TEST_F(WebStudioStory, EveryTriggerOfAQuarterHasItsEndAndARebuildFindsNothingPending) {
  for (int i = 0; i < 6; ++i) {
    lead();
    run_for(24h * 15, 12h);
  }
  const auto settled = office_.head();
  std::map<std::string, int> ends;
  for (const auto& event : office_.events()) {
    const auto* fired = event.as<v1::RuleFired>();
    if (fired != nullptr) ++ends[fired->trigger()];
  }
  EXPECT_FALSE(ends.empty());
  for (const auto& [trigger, times] : ends) EXPECT_EQ(times, 1) << trigger;
  office_.reopen(true);
  office_.settle();
  EXPECT_EQ(office_.head(), settled);
}

}  // namespace
}  // namespace dealog::scenario
