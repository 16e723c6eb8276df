// Whether a rule that was triggered still acts, judged on the deal as it is now.
#include "libs/domain/deal/rule_run.hpp"

#include "dealog/v1/rule_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "tests/unit/domain/deal/deal_story.hpp"

namespace dealog::deal {
namespace {

using namespace std::chrono_literals;
using rules::ActionKind;
using rules::LatePolicy;
using rules::RepeatLimit;
using rules::Rule;
using rules::TriggerKind;
using Reason = std::optional<std::string_view>;

Rule rule_on(TriggerKind kind) {
  Rule rule;
  rule.id = "rule";
  rule.trigger.kind = kind;
  return rule;
}

class Judged {
 public:
  explicit Judged(Rule rule) : rule(std::move(rule)) { story.given(a_lead()); }
  Reason why_not(RuleCall call) {
    if (call.visit == 0) call.visit = 1;
    if (call.episode == 0) call.episode = 1;
    return deal::why_not(story.state(), rule, call, story.context());
  }
  void fired(std::uint32_t visit, bool simulated = false) {
    const auto fill = [&](auto event) {
      event.set_rule("rule");
      event.set_visit(visit);
      State state = story.state();
      evolve(state, make_event(std::move(event)), story.context());
      runs = state.rule_runs;
    };
    simulated ? fill(v1::RuleSimulated()) : fill(v1::RuleFired());
  }
  // Judged on the deal after `fired`.
  Reason why_not_again(RuleCall call) {
    State state = story.state();
    state.rule_runs = runs;
    if (call.visit == 0) call.visit = 1;
    call.episode = 1;
    return deal::why_not(state, rule, call, story.context());
  }

  Rule rule;
  DealStory story;
  std::vector<RuleRun> runs;
};

TEST(RuleRun, ActsOnADealAsItWas) {
  EXPECT_EQ(Judged(rule_on(TriggerKind::kTouch)).why_not({}), Reason());
  EXPECT_EQ(Judged(rule_on(TriggerKind::kStageEntered)).why_not({}), Reason());
}

TEST(RuleRun, DoesNotActInAStageThatWasLeft) {
  Judged judged(rule_on(TriggerKind::kStageEntered));
  judged.story.who_may_override().given(
      ChangeDealStage{.to = "meeting", .reason = "known", .override_gates = true});
  EXPECT_EQ(judged.why_not({.visit = 1}), Reason("stage_left"));
  EXPECT_EQ(judged.why_not({.visit = 2}), Reason());
}

TEST(RuleRun, TimersAndPausesAreAboutOpenDeals) {
  Judged judged(rule_on(TriggerKind::kInvoiceOverdue));
  judged.story.given(LoseDeal{.reason = "price"});
  EXPECT_EQ(judged.why_not({}), Reason("deal_closed"));
  judged.rule.trigger.kind = TriggerKind::kTouch;
  EXPECT_EQ(judged.why_not({.step = 1}), Reason("deal_closed"));
  EXPECT_EQ(judged.why_not({}), Reason());
  judged.rule.trigger.kind = TriggerKind::kDealLost;
  EXPECT_EQ(judged.why_not({}), Reason());
  judged.story.given(ReopenDeal{});
  EXPECT_EQ(judged.why_not({}), Reason("deal_reopened"));
}

TEST(RuleRun, DoesNothingWhenWhatItWaitedForHasCome) {
  Judged judged(rule_on(TriggerKind::kNoAnswer));
  const Timestamp asked = judged.story.context().now;
  EXPECT_EQ(judged.why_not({.since = asked}), Reason());
  judged.story.later(1min).given(a_call("out", "connected"));
  EXPECT_EQ(judged.why_not({.since = asked}), Reason("answered"));
  // A question after that answer waits on.
  EXPECT_EQ(judged.why_not({.since = asked + 2min}), Reason());
  judged.rule.trigger.kind = TriggerKind::kNoNextStep;
  EXPECT_EQ(judged.why_not({}), Reason("next_step_planned"));  // the stage's own task
  EXPECT_EQ(judged.why_not({.step = 2}), Reason());
  judged.rule.trigger.kind = TriggerKind::kTaskOverdue;
  const std::string task = judged.story.state().open_tasks.front().id.text();
  EXPECT_EQ(judged.why_not({.about = task}), Reason());
  judged.story.given(CompleteTask{judged.story.state().open_tasks.front().id});
  EXPECT_EQ(judged.why_not({.about = task}), Reason("task_closed"));
}

TEST(RuleRun, ADiscountThatIsSettledAsksForNothing) {
  Judged judged(rule_on(TriggerKind::kDiscount));
  judged.story.given_stage("negotiation").given(DraftQuote{one_line(rub(100), 5000)});
  const std::string quote = judged.story.quote().text();
  EXPECT_EQ(judged.why_not({.about = quote}), Reason());
  judged.story.given(ReviseQuote{judged.story.quote(), one_line(rub(100), 0)});
  EXPECT_EQ(judged.why_not({.about = quote}), Reason("discount_settled"));
  EXPECT_EQ(judged.why_not({.about = "quo_1"}), Reason("discount_settled"));
}

TEST(RuleRun, ADeadlineThatWasMovedIsNotActedOn) {
  Judged judged(rule_on(TriggerKind::kDeadline));
  const Date day = Date::of(2026, 4, 1);
  const std::string about = about_deadline("expected_close_date", day);
  EXPECT_EQ(about, "expected_close_date:2026-04-01");
  EXPECT_EQ(judged.why_not({.about = about}), Reason("deadline_moved"));
  DetailsChange change;
  change.expected_close = day;
  judged.story.given(ChangeDealDetails{change});
  EXPECT_EQ(judged.why_not({.about = about}), Reason());
  change.expected_close = Date::of(2026, 4, 2);
  judged.story.given(ChangeDealDetails{change});
  EXPECT_EQ(judged.why_not({.about = about}), Reason("deadline_moved"));
}

TEST(RuleRun, ConditionsAreJudgedNow) {
  Judged judged(rule_on(TriggerKind::kTouch));
  rules::Criterion amount;
  amount.kind = rules::CriterionKind::kField;
  amount.name = "amount";
  judged.rule.conditions = {amount};
  EXPECT_EQ(judged.why_not({}), Reason("conditions_not_met"));
  DetailsChange change;
  change.amount = rub(100);
  judged.story.given(ChangeDealDetails{change});
  EXPECT_EQ(judged.why_not({}), Reason());
}

TEST(RuleRun, IsLimitedPerVisitDealAndPeriod) {
  Judged judged(rule_on(TriggerKind::kTouch));
  judged.fired(1);
  EXPECT_EQ(judged.why_not_again({}), Reason());
  judged.rule.once.per = RepeatLimit::Per::kVisit;
  EXPECT_EQ(judged.why_not_again({.visit = 1}), Reason("limit_reached"));
  EXPECT_EQ(judged.why_not_again({.visit = 2}), Reason());
  EXPECT_EQ(judged.why_not_again({.step = 1, .visit = 1}), Reason());  // it only goes on
  judged.rule.once.per = RepeatLimit::Per::kDeal;
  EXPECT_EQ(judged.why_not_again({.visit = 2}), Reason("limit_reached"));
  // What was only tried limits no live run, and the other way round.
  EXPECT_EQ(judged.why_not_again({.simulated = true}), Reason());
  judged.rule.once = {RepeatLimit::Per::kPeriod, {24h, false}};
  EXPECT_EQ(judged.why_not_again({}), Reason("limit_reached"));
  judged.story.later(24h);
  EXPECT_EQ(judged.why_not_again({}), Reason());
}

TEST(RuleRun, ALateTimerDoesWhatItsRuleSays) {
  Judged judged(rule_on(TriggerKind::kNoAnswer));
  const Timestamp due = judged.story.context().now;
  const RuleCall call{.due_at = due, .since = due - 15min};
  judged.story.later(3h);
  EXPECT_EQ(judged.why_not(call), Reason());
  judged.rule.late = {LatePolicy::Kind::kSkip, {}};
  EXPECT_EQ(judged.why_not(call), Reason("late"));
  judged.rule.late = {LatePolicy::Kind::kRunWithin, {4h, false}};
  EXPECT_EQ(judged.why_not(call), Reason());
  judged.story.later(2h);
  EXPECT_EQ(judged.why_not(call), Reason("late"));
  // A few seconds are what every service takes.
  judged.rule.late = {LatePolicy::Kind::kSkip, {}};
  EXPECT_EQ(judged.why_not({.due_at = due + 5h - 1min, .since = due}), Reason());
}

TEST(RuleSteps, EndAtAPauseInBusinessTime) {
  DealStory story;  // Tuesday noon in Moscow
  Rule rule;
  rule.actions.resize(3);
  rule.actions[0].kind = ActionKind::kNotify;
  rule.actions[1].kind = ActionKind::kWait;
  rule.actions[1].wait = {9h, true};  // one business day
  rule.actions[2].kind = ActionKind::kNotify;
  const auto first = steps_from(rule, 0, story.state(), story.context());
  EXPECT_EQ(first.end, 1u);
  EXPECT_EQ(first.until, noon() + 24h);
  const auto rest = steps_from(rule, 2, story.state(), story.context());
  EXPECT_EQ(rest.end, 3u);
  EXPECT_EQ(rest.until, std::nullopt);
}

TEST(RuleActions, AskOnlyForWhatIsNotSo) {
  Judged judged(rule_on(TriggerKind::kTouch));
  rules::RuleAction move{.kind = ActionKind::kMoveTo, .code = "incoming"};
  const auto commands = [&](const rules::RuleAction& action) {
    return commands_of(action, judged.rule, judged.story.state(), judged.story.context());
  };
  EXPECT_TRUE(commands(move).empty());
  move.code = "meeting";
  EXPECT_EQ(commands(move).size(), 1u);
  rules::RuleAction complete{.kind = ActionKind::kCompleteTasks, .codes = {"email"}};
  EXPECT_TRUE(commands(complete).empty());
  complete.codes = {"classify"};
  ASSERT_EQ(commands(complete).size(), 1u);
  rules::RuleAction task{.kind = ActionKind::kCreateTask};
  task.task = {.kind = "call", .title = {"Звонок", "Call"}, .due = {2h, true}, .when = {}};
  const auto planned = commands(task);
  ASSERT_EQ(planned.size(), 1u);
  const auto& create = std::get<CreateTask>(planned[0]);
  EXPECT_TRUE(create.automatic);
  EXPECT_EQ(create.due.at, noon() + 2h);
}

TEST(RuleActions, MoveTasksAndAskForApproval) {
  Judged judged(rule_on(TriggerKind::kTouch));
  judged.story.given_stage("negotiation");
  const auto commands = [&](const rules::RuleAction& action) {
    return commands_of(action, judged.rule, judged.story.state(), judged.story.context());
  };
  rules::RuleAction move{.kind = ActionKind::kRescheduleTask, .codes = {"repeat_sale"}};
  move.task.due = {24h, false};
  EXPECT_TRUE(commands(move).empty());
  move.codes.clear();
  const auto moved = commands(move);
  ASSERT_EQ(moved.size(), judged.story.state().open_tasks.size());
  ASSERT_FALSE(moved.empty());
  EXPECT_EQ(std::get<RescheduleTask>(moved[0]).due.at, noon() + 24h);
  const rules::RuleAction ask{.kind = ActionKind::kRequestApproval};
  EXPECT_TRUE(commands(ask).empty());
  judged.story.given(DraftQuote{one_line(rub(100), 0)});
  EXPECT_TRUE(commands(ask).empty());
  judged.story.given(DraftQuote{one_line(rub(100), 5000)});
  ASSERT_EQ(commands(ask).size(), 1u);
  judged.story.given(SubmitQuote{judged.story.quote()});
  EXPECT_TRUE(commands(ask).empty());
}

TEST(CustomDates, StandOpenlyBesideTheirFieldsWhenARuleWaitsForThem) {
  DealStory story;
  story.given(a_lead());
  DetailsChange change;
  change.custom = {{"brief_deadline", rules::FieldValue(Date::of(2026, 5, 1))}};
  story.when(ChangeDealDetails{change}).then({"DealDetailsChanged", "DealDatesChanged"});
  const auto& dates = story.event<v1::DealDatesChanged>();
  ASSERT_EQ(dates.dates_size(), 1);
  EXPECT_EQ(dates.dates(0).field(), "custom.brief_deadline");
  EXPECT_EQ(dates.dates(0).date(), "2026-05-01");
  story.given(ChangeDealDetails{change});
  change.custom = {{"brief_deadline", std::nullopt}};
  story.when(ChangeDealDetails{change}).then({"DealDetailsChanged", "DealDatesChanged"});
  EXPECT_EQ(story.event<v1::DealDatesChanged>().dates(0).date(), "");
}

TEST(CustomDates, StaySealedWhenNoRuleWaitsForThem) {
  rules::Regulation without = web_studio();
  std::erase_if(without.rules, [](const rules::Rule& rule) {
    return rule.trigger.kind == rules::TriggerKind::kDeadline;
  });
  DealStory story(without);
  story.given(a_lead());
  DetailsChange change;
  change.custom = {{"brief_deadline", rules::FieldValue(Date::of(2026, 5, 1))}};
  story.when(ChangeDealDetails{change}).then({"DealDetailsChanged"});
}

}  // namespace
}  // namespace dealog::deal
