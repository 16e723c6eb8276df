// Rules of a regulation: what the file may say, what it may not, and what is made of it.
#include "libs/rules/rule.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rules/describe.hpp"
#include "libs/rules/open_fields.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kRule = R"(
rules:
  - id: silent
    title: {ru: Тишина, en: Silence}
    mode: simulate
    trigger: {quote_silent: 3 business hours}
    conditions:
      - field: amount
    once: visit
    late: 1 day
    actions:
      - create_task: {kind: call, title: {ru: Звонок, en: Call}, due: 2 hours}
      - wait: 1 day
      - notify: {to: [deal_owner, supervisor], text: {ru: Тихо, en: Quiet}}
)";

std::string with_rule(std::string_view rule) { return std::string(kSoundText) + std::string(rule); }
std::string with_rule(std::string_view from, std::string_view to) {
  std::string text = with_rule(kRule);
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}
Rule only_rule(std::string_view text) {
  const Regulation regulation = parsed_soundly(text);
  EXPECT_EQ(regulation.rules.size(), 1u);
  return regulation.rules.at(0);
}
Rule with_trigger(std::string_view trigger) {
  return only_rule(with_rule("{quote_silent: 3 business hours}", trigger));
}

TEST(Rules, AreReadWithTriggerConditionsActionsAndLimits) {
  const Rule rule = only_rule(with_rule(kRule));
  EXPECT_EQ(rule.id, "silent");
  EXPECT_EQ(rule.mode, RuleMode::kSimulate);
  EXPECT_EQ(rule.trigger.kind, TriggerKind::kQuoteSilent);
  EXPECT_EQ(rule.trigger.after, (TimeLimit{std::chrono::hours(3), true}));
  ASSERT_EQ(rule.conditions.size(), 1u);
  EXPECT_EQ(rule.conditions[0].code, "field:amount");
  EXPECT_EQ(rule.once.per, RepeatLimit::Per::kVisit);
  EXPECT_EQ(rule.late.kind, LatePolicy::Kind::kRunWithin);
  ASSERT_EQ(rule.actions.size(), 3u);
  EXPECT_EQ(rule.actions[0].task.kind, "call");
  EXPECT_EQ(rule.actions[1].wait.amount, std::chrono::hours(24));
  EXPECT_THAT(rule.actions[2].codes, ElementsAre("deal_owner", "supervisor"));
}

TEST(Rules, SayWhoseTimeTheyReckonIn) {
  EXPECT_EQ(only_rule(with_rule(kRule)).time, RuleTime());
  const Rule owners = only_rule(with_rule("    late: 1 day\n",
                                          "    late: 1 day\n    calendar: owner\n"
                                          "    pause: owner_absent\n"));
  EXPECT_EQ(owners.time, (RuleTime{.owners_calendar = true, .stops_in_absence = true}));
  EXPECT_THAT(describe_rule(owners, Language::kEn, parsed_soundly(kSoundText)),
              HasSubstr(" Business time is that of the deal's owner. Time stands still while the "
                        "deal's owner is away."));
  const Rule company = only_rule(
      with_rule("    late: 1 day\n", "    late: 1 day\n    calendar: company\n    pause: never\n"));
  EXPECT_EQ(company.time, RuleTime());
}

TEST(Rules, HaveATriggerOfEveryKind) {
  EXPECT_EQ(with_trigger("{deal: won}").trigger.kind, TriggerKind::kDealWon);
  EXPECT_EQ(with_trigger("{deal: reopened}").trigger.kind, TriggerKind::kDealReopened);
  EXPECT_THAT(with_trigger("{stage_entered: [first, third]}").trigger.codes,
              ElementsAre("first", "third"));
  EXPECT_TRUE(with_trigger("{stage_left: any}").trigger.codes.empty());
  EXPECT_THAT(
      with_trigger("{touch: {kind: call, outcome: [busy, no_answer]}}").trigger.touch.outcomes,
      ElementsAre("busy", "no_answer"));
  EXPECT_THAT(with_trigger("{task_completed: call}").trigger.codes, ElementsAre("call"));
  EXPECT_EQ(with_trigger("{task_overdue: {kind: call, by: 1 day}}").trigger.after.amount,
            std::chrono::hours(24));
  EXPECT_EQ(with_trigger("{task_overdue: any}").trigger.after.amount.count(), 0);
  EXPECT_EQ(with_trigger("{quote: accepted}").trigger.state, "accepted");
  EXPECT_THAT(with_trigger("{invoice: {kind: final, state: paid}}").trigger.codes,
              ElementsAre("final"));
  EXPECT_EQ(with_trigger("{invoice_overdue: prepayment}").trigger.kind,
            TriggerKind::kInvoiceOverdue);
  EXPECT_EQ(with_trigger("{payment: received}").trigger.kind, TriggerKind::kPayment);
  EXPECT_EQ(with_trigger("{no_next_step: 1 hour}").trigger.kind, TriggerKind::kNoNextStep);
  EXPECT_EQ(with_trigger("{no_answer: 15 business minutes}").trigger.kind, TriggerKind::kNoAnswer);
}

TEST(Rules, HaveAnActionOfEveryKind) {
  const Rule rule =
      only_rule(with_rule("      - wait: 1 day\n", R"(      - complete_tasks: [call, email]
      - move_to: second
      - set_field: {field: amount, value: 150.00 RUB}
      - assign: {least_loaded: seller}
      - assign: {to: usr_00000000000000000000000000000001}
)"));
  ASSERT_EQ(rule.actions.size(), 7u);
  EXPECT_THAT(rule.actions[1].codes, ElementsAre("call", "email"));
  EXPECT_EQ(rule.actions[2].code, "second");
  EXPECT_EQ(std::get<Money>(*rule.actions[3].value).minor, 15000);
  EXPECT_EQ(rule.actions[4].by, AssignBy::kLeastLoaded);
  EXPECT_EQ(rule.actions[5].by, AssignBy::kFixed);
}

struct Mistake {
  std::string_view from, to, path, message;
};
constexpr Mistake kMistakes[] = {
    {"mode: simulate", "mode: on", "rules[0].mode", "expected off, simulate or live"},
    {"{quote_silent: 3 business hours}", "{stage_entered: secnd}", "rules[0].trigger.stage_entered",
     "unknown stage 'secnd'; did you mean 'second'?"},
    {"{quote_silent: 3 business hours}", "{quote: seen}", "rules[0].trigger.quote",
     "unknown change of a quote 'seen'"},
    {"{quote_silent: 3 business hours}", "{deal: gone}", "rules[0].trigger.deal",
     "expected opened, won, lost or reopened"},
    {"{quote_silent: 3 business hours}", "{deal: won, quote: sent}", "rules[0].trigger",
     "this says one thing"},
    {"{quote_silent: 3 business hours}", "{full_moon: any}", "rules[0].trigger", "full_moon"},
    {"{quote_silent: 3 business hours}", "{quote_silent: soon}", "rules[0].trigger.quote_silent",
     "expected a length of time"},
    {"once: visit", "once: sometimes", "rules[0].once", "expected visit, deal, or a length"},
    {"late: 1 day", "late: never", "rules[0].late", "expected run, skip, or how late"},
    {"late: 1 day", "calendar: mine", "rules[0].calendar", "expected owner or company"},
    {"late: 1 day", "pause: absence", "rules[0].pause", "expected owner_absent or never"},
    {"field: amount\n    once", "field: amuont\n    once", "rules[0].conditions[0].field",
     "unknown field 'amuont'; did you mean 'amount'?"},
    {"kind: call, title: {ru: Звонок", "kind: cal, title: {ru: Звонок",
     "rules[0].actions[0].create_task.kind", "unknown kind of task 'cal'"},
    {"deal_owner, supervisor", "deal_owner, boss", "rules[0].actions[2].notify.to",
     "unknown role or user 'boss'"},
    {"- wait: 1 day", "- move_to: nowhere", "rules[0].actions[1].move_to",
     "unknown stage 'nowhere'"},
    {"- wait: 1 day", "- lose: bored", "rules[0].actions[1].lose", "unknown loss reason 'bored'"},
    {"- wait: 1 day", "- set_field: {field: person.name, value: Anna}",
     "rules[0].actions[1].set_field.field", "a rule cannot set 'person.name'"},
    {"- wait: 1 day", "- set_field: {field: amount, value: 1.00 EUR}",
     "rules[0].actions[1].set_field.value", "expected an amount in RUB"},
    {"- wait: 1 day", "- set_field: {field: work_type, value: bridge}",
     "rules[0].actions[1].set_field.value", "unknown type of work 'bridge'"},
    {"- wait: 1 day", "- set_field: {field: amount, value: -1.00 RUB}",
     "rules[0].actions[1].set_field.value", "expected an amount not below zero"},
    {"- wait: 1 day", "- set_field: {field: custom.pages, value: many}",
     "rules[0].actions[1].set_field.value", "expected a whole number"},
    {"- wait: 1 day", "- complete_tasks: []", "rules[0].actions[1].complete_tasks",
     "expected at least one, found an empty list"},
    {"[deal_owner, supervisor]", "[]", "rules[0].actions[2].notify.to", "expected at least one"},
    {"{quote_silent: 3 business hours}", "{stage_entered: []}", "rules[0].trigger.stage_entered",
     "expected at least one"},
    {"- field: amount\n    once", "- {field: owner, equal: anna}\n    once",
     "rules[0].conditions[0].field", "expected the id of a user: usr_…"},
    {"- field: amount\n    once", "- {field: person.name, equal: Anna}\n    once",
     "rules[0].conditions[0].field", "only whether 'person.name' is filled in can be asked"},
    {"- field: amount\n    once", "- {field: work_type, one_of: [site, sites]}\n    once",
     "rules[0].conditions[0].field", "unknown type of work 'sites'; did you mean 'site'?"},
    {"- wait: 1 day", "- add_participant: {person: decision_map, role: signatory}",
     "rules[0].actions[1].add_participant.role", "expected decision_maker, influencer or payer"}};

TEST(Rules, WithAMistakeAreRefusedWithTheReasonAndTheLine) {
  for (const Mistake& mistake : kMistakes) {
    const auto parsed = parse_regulation(with_rule(mistake.from, mistake.to));
    EXPECT_FALSE(parsed.sound()) << mistake.to;
    ASSERT_FALSE(parsed.issues.empty()) << mistake.to;
    const auto found = std::ranges::find_if(parsed.issues, [&](const RegulationIssue& issue) {
      return issue.path.starts_with(mistake.path) &&
             issue.message.find(mistake.message) != std::string::npos;
    });
    EXPECT_NE(found, parsed.issues.end()) << format_issue("found", parsed.issues.front());
    if (found != parsed.issues.end()) EXPECT_GT(found->line, 0) << mistake.to;
  }
}

TEST(Rules, OfTheSameIdAndAPauseAtTheEndAreRefused) {
  std::string twice = with_rule(kRule);
  twice += std::string(kRule.substr(kRule.find("  - id")));
  EXPECT_FALSE(parse_regulation(twice).sound());
  std::string text = with_rule(kRule);
  text.resize(text.find("      - notify"));
  const auto parsed = parse_regulation(text);
  ASSERT_EQ(parsed.issues.size(), 1u);
  EXPECT_THAT(parsed.issues[0].message, HasSubstr("nothing follows this pause"));
}

TEST(Rules, ThatActOnAClosedDealInVainAreWarnedOf) {
  const auto parsed = parse_regulation(with_rule("{quote_silent: 3 business hours}", "{deal: won}")
                                           .append("      - move_to: second\n"));
  EXPECT_TRUE(parsed.sound());
  ASSERT_EQ(parsed.issues.size(), 1u);
  EXPECT_EQ(parsed.issues[0].path, "rules[0].actions[3]");
  EXPECT_THAT(parsed.issues[0].message, HasSubstr("the deal is closed by then"));
}

TEST(RuleTriggers, MatchWhatTheyName) {
  RuleTrigger entered{.kind = TriggerKind::kStageEntered, .codes = {"meeting"}};
  EXPECT_TRUE(matches(entered, {.code = "meeting"}));
  EXPECT_FALSE(matches(entered, {.code = "proposal"}));
  RuleTrigger touch{.kind = TriggerKind::kTouch, .touch = {.kinds = {"call"}}};
  EXPECT_TRUE(matches(touch, {.touch_kind = "call", .touch_direction = "in"}));
  EXPECT_FALSE(matches(touch, {.touch_kind = "email"}));
  touch.touch.answers_customer = true;
  EXPECT_FALSE(matches(touch, {.touch_kind = "call"}));
  EXPECT_TRUE(matches(touch, {.touch_kind = "call", .answers_customer = true}));
  RuleTrigger invoice{.kind = TriggerKind::kInvoice, .codes = {"final"}, .state = "paid"};
  EXPECT_TRUE(matches(invoice, {.code = "final", .state = "paid"}));
  EXPECT_FALSE(matches(invoice, {.code = "final", .state = "issued"}));
  EXPECT_FALSE(matches(invoice, {.code = "prepayment", .state = "paid"}));
}

class Known final : public OpenFields {
 public:
  bool knows(std::string_view path) const override { return path == "owner" || path == "source"; }
  std::optional<FieldValue> field(std::string_view path) const override {
    if (path == "source") return std::string("site");
    return std::nullopt;
  }
};

TEST(OpenFields, TellWhatSurelyFailsAndLeaveTheRestOpen) {
  const auto field = [](std::string name) {
    Criterion made;
    made.kind = CriterionKind::kField;
    made.name = std::move(name);
    return made;
  };
  const auto list = [](CriterionKind kind, std::vector<Criterion> children) {
    Criterion made;
    made.kind = kind;
    made.children = std::move(children);
    return made;
  };
  Criterion touch;
  touch.kind = CriterionKind::kTouch;
  const auto fails = [](const Criterion& c) { return surely_fails(c, Known()); };
  EXPECT_TRUE(fails(field("owner")));
  EXPECT_FALSE(fails(field("source")));
  EXPECT_FALSE(fails(field("person.phone")));
  EXPECT_FALSE(fails(touch));
  EXPECT_FALSE(fails(list(CriterionKind::kNot, {field("owner")})));
  EXPECT_TRUE(fails(list(CriterionKind::kNot, {field("source")})));
  EXPECT_FALSE(fails(list(CriterionKind::kNot, {touch})));
  EXPECT_TRUE(fails(list(CriterionKind::kAll, {touch, field("owner")})));
  EXPECT_FALSE(fails(list(CriterionKind::kAny, {touch, field("owner")})));
  EXPECT_TRUE(fails(list(CriterionKind::kAny, {field("owner"), field("owner")})));
}

TEST(RuleNames, AreReadAsTheyAreWritten) {
  for (const auto mode : {RuleMode::kOff, RuleMode::kSimulate, RuleMode::kLive}) {
    EXPECT_EQ(parse_mode(mode_name(mode)), mode);
  }
  EXPECT_EQ(parse_mode("on"), std::nullopt);
}

}  // namespace
}  // namespace dealog::rules
