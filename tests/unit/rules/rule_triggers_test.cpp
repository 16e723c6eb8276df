// Triggers that listen to fields, dates and schedules, and the actions on tasks, people and other
// pipelines: what the file may say, and what is made of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/rules/rule.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

std::string text_with(std::string_view trigger, std::string_view action = "wait: 1 hour") {
  return sound_text_with(
             "work_types:\n",
             "work_types:\n  - {code: shop, title: {ru: Магазин, en: Shop}, price_from: "
             "1.00 RUB, price_to: 9.00 RUB, average: 5.00 RUB}\n") +
         "  - {code: launch, title: {ru: Запуск, en: Launch}, type: date}\n" +
         "rules:\n  - id: one\n    title: {ru: Правило, en: Rule}\n    mode: live\n    trigger: " +
         std::string(trigger) + "\n    actions:\n      - " + std::string(action) +
         "\n      - move_to: second\n";
}
Rule rule_with(std::string_view trigger, std::string_view action = "wait: 1 hour") {
  return parsed_soundly(text_with(trigger, action)).rules.at(0);
}
RuleTrigger trigger(std::string_view text) { return rule_with(text).trigger; }
RuleAction action(std::string_view text) { return rule_with("{deal: opened}", text).actions.at(0); }

TEST(RuleTriggers, OfFieldsNameTheFieldAndPerhapsItsValues) {
  const RuleTrigger any = trigger("{field_changed: any}");
  EXPECT_EQ(any.kind, TriggerKind::kFieldChanged);
  EXPECT_TRUE(any.codes.empty());
  EXPECT_THAT(trigger("{field_changed: custom.goal}").codes, ElementsAre("custom.goal"));
  const RuleTrigger work = trigger("{field_changed: {field: work_type, from: site, to: shop}}");
  EXPECT_EQ(*work.from, FieldValue("site"));
  EXPECT_EQ(*work.to, FieldValue("shop"));
  const FieldValue shop("shop"), site("site");
  EXPECT_TRUE(matches(work, {.code = "work_type", .from = &site, .to = &shop}));
  EXPECT_FALSE(matches(work, {.code = "work_type", .from = &shop, .to = &site}));
  EXPECT_FALSE(matches(work, {.code = "work_type", .from = &site}));
  EXPECT_FALSE(matches(work, {.code = "source", .from = &site, .to = &shop}));
  EXPECT_TRUE(matches(any, {.code = "source", .from = &shop}));
  const RuleTrigger amount = trigger("{field_changed: {field: amount, to: 10.00 RUB}}");
  EXPECT_EQ(std::get<Money>(*amount.to).minor, 1000);
}

TEST(RuleTriggers, OfStagesEnteredAgainAndDiscountsAreRead) {
  EXPECT_THAT(trigger("{stage_reentered: [first, second]}").codes, ElementsAre("first", "second"));
  EXPECT_EQ(trigger("{discount: over_policy}").kind, TriggerKind::kDiscount);
}

Timestamp reached(std::string_view text, std::string_view day) {
  const Regulation regulation = parsed_soundly(text_with(text));
  return deadline_at(regulation.rules.at(0).trigger, Date::parse(day).value(), regulation.calendar)
      .value();
}
Timestamp at(std::string_view text) { return Timestamp::parse(text).value(); }

TEST(RuleTriggers, OfDeadlinesReckonFromTheDayInTheCalendarsZone) {
  const RuleTrigger plain = trigger("{deadline: custom.launch}");
  EXPECT_THAT(plain.codes, ElementsAre("custom.launch"));
  EXPECT_TRUE(is_timer(plain.kind));
  // Midnight in Moscow is 21:00 of the day before.
  EXPECT_EQ(reached("{deadline: expected_close_date}", "2026-03-10"), at("2026-03-09T21:00:00Z"));
  EXPECT_EQ(reached("{deadline: {field: expected_close_date, at: \"10:30\"}}", "2026-03-10"),
            at("2026-03-10T07:30:00Z"));
  EXPECT_EQ(reached("{deadline: {field: expected_close_date, before: 3 days, at: \"10:30\"}}",
                    "2026-03-10"),
            at("2026-03-07T07:30:00Z"));
  EXPECT_EQ(reached("{deadline: {field: expected_close_date, after: 1 day}}", "2026-03-10"),
            at("2026-03-10T21:00:00Z"));
  EXPECT_EQ(reached("{deadline: {field: expected_close_date, before: 90 minutes}}", "2026-03-10"),
            at("2026-03-09T19:30:00Z"));
  // The sample works on Mondays (8 hours) and Tuesdays (9): back from Tuesday the 10th at ten that
  // is an hour of Tuesday and three of Monday, which ends at 18:00.
  EXPECT_EQ(reached("{deadline: {field: expected_close_date, before: 4 business hours, "
                    "at: \"10:00\"}}",
                    "2026-03-10"),
            at("2026-03-09T12:00:00Z"));
  EXPECT_EQ(
      reached("{deadline: {field: expected_close_date, after: 2 business hours}}", "2026-03-10"),
      at("2026-03-10T08:00:00Z"));
}

TEST(RuleTriggers, OfDeadlinesCountDaysOfTheCalendarAcrossAClockChange) {
  BusinessCalendar berlin;
  berlin.time_zone = "Europe/Berlin";
  RuleTrigger two_days{.kind = TriggerKind::kDeadline, .after = {48h, false}, .before = true};
  two_days.time_of_day = 9h;
  EXPECT_EQ(*deadline_at(two_days, Date::of(2026, 3, 30), berlin), at("2026-03-28T08:00:00Z"));
  BusinessCalendar nowhere;
  nowhere.time_zone = "Nowhere/Town";
  EXPECT_EQ(deadline_at(two_days, Date::of(2026, 3, 30), nowhere), std::nullopt);
}

TEST(RuleTriggers, OfSchedulesAreInTheCalendarsZoneUnlessTheySayAnother) {
  const RuleTrigger plain = trigger("{schedule: \"0 9 * * 1-5\"}");
  EXPECT_EQ(plain.kind, TriggerKind::kSchedule);
  EXPECT_EQ(plain.cron.time_zone, "Europe/Moscow");
  const RuleTrigger other = trigger("{schedule: {cron: \"0 9 * * *\", zone: Asia/Omsk}}");
  EXPECT_EQ(other.cron.time_zone, "Asia/Omsk");
  EXPECT_EQ(other.cron.text, "0 9 * * *");
}

TEST(RuleActions, OnTasksPeopleApprovalsAndPipelinesAreRead) {
  const RuleAction moved = action("reschedule_task: {kind: [call, email], due: 1 day}");
  EXPECT_THAT(moved.codes, ElementsAre("call", "email"));
  EXPECT_EQ(moved.task.due.amount, 24h);
  const RuleAction added =
      action("add_participant: {person: per_00000000000000000000000000000001, role: payer}");
  EXPECT_EQ(added.code, "payer");
  EXPECT_EQ(added.person, "per_00000000000000000000000000000001");
  EXPECT_EQ(action("request_approval: discount").kind, ActionKind::kRequestApproval);
  EXPECT_EQ(action("start_pipeline: production").subject.en, "{deal.title}");
  const RuleAction started =
      action("start_pipeline: {pipeline: care, title: {ru: \"Уход: {deal.title}\", en: Care}}");
  EXPECT_EQ(started.code, "care");
  EXPECT_EQ(started.subject.ru, "Уход: {deal.title}");
}

struct Mistake {
  std::string_view trigger, action, path, message;
};
constexpr Mistake kMistakes[] = {
    {"{stage_reentered: secnd}", "", "rules[0].trigger.stage_reentered",
     "unknown stage 'secnd'; did you mean 'second'?"},
    {"{field_changed: amuont}", "", "rules[0].trigger.field_changed",
     "no rule hears of changes of 'amuont'; did you mean 'amount'?"},
    {"{field_changed: custom.none}", "", "rules[0].trigger.field_changed",
     "no rule hears of changes of 'custom.none'"},
    {"{field_changed: {field: custom.goal, to: big}}", "", "rules[0].trigger.field_changed",
     "which is kept sealed"},
    {"{field_changed: {field: amount, to: 5.00 EUR}}", "", "rules[0].trigger.field_changed",
     "expected an amount in RUB"},
    {"{field_changed: {field: amount, to: much}}", "", "rules[0].trigger.field_changed.to",
     "expected"},
    {"{field_changed: {to: big}}", "", "rules[0].trigger.field_changed",
     "expected the key 'field'"},
    {"{discount: huge}", "", "rules[0].trigger.discount", "unknown discount 'huge'"},
    {"{deadline: amount}", "", "rules[0].trigger.deadline", "'amount' is no date of the deal"},
    {"{deadline: {field: expected_close_date, before: 1 day, after: 1 day}}", "",
     "rules[0].trigger.deadline.before", "before or after, not both"},
    {"{deadline: {field: expected_close_date, at: noon}}", "", "rules[0].trigger.deadline.at",
     "expected a time of day"},
    {"{schedule: \"0 9 * *\"}", "", "rules[0].trigger.schedule", "expected five fields"},
    {"{schedule: {cron: \"0 25 * * *\"}}", "", "rules[0].trigger.schedule.cron", "as the hour"},
    {"{schedule: {cron: \"0 9 * * *\", zone: Moscow}}", "", "rules[0].trigger.schedule.zone",
     "expected an IANA time zone"},
    {"{deal: won}", "reschedule_task: {kind: cal, due: 1 day}",
     "rules[0].actions[0].reschedule_task.kind", "unknown kind of task 'cal'"},
    {"{deal: won}", "add_participant: {person: Anna, role: payer}",
     "rules[0].actions[0].add_participant.person", "expected a person"},
    {"{deal: won}", "add_participant: {person: per_00000000000000000000000000000001, role: boss}",
     "rules[0].actions[0].add_participant.role", "unknown role 'boss'"},
    {"{deal: won}", "request_approval: holiday", "rules[0].actions[0].request_approval",
     "unknown thing to approve 'holiday'"},
    {"{field_changed: {field: work_type, to: bridge}}", "", "rules[0].trigger.field_changed.to",
     "unknown type of work 'bridge'"},
    {"{field_changed: {field: owner, to: anna}}", "", "rules[0].trigger.field_changed.to",
     "expected the id of a user"},
    {"{field_changed: {field: amount, from: 5.00 RUB, to: 5.00 RUB}}", "",
     "rules[0].trigger.field_changed.to", "nothing changes between them"},
    {"{schedule: \"0 9 30 2 *\"}", "", "rules[0].trigger.schedule", "this day never comes"},
    {"{deal: won}", "start_pipeline: sample", "rules[0].actions[0].start_pipeline",
     "another pipeline"}};

TEST(RuleTriggers, WithAMistakeAreRefusedWithTheReasonAndTheLine) {
  for (const Mistake& mistake : kMistakes) {
    const auto text =
        text_with(mistake.trigger, mistake.action.empty() ? "wait: 1 hour" : mistake.action);
    const auto parsed = parse_regulation(text);
    EXPECT_FALSE(parsed.sound()) << mistake.trigger << mistake.action;
    const auto found = std::ranges::find_if(parsed.issues, [&](const RegulationIssue& issue) {
      return issue.path.starts_with(mistake.path) &&
             issue.message.find(mistake.message) != std::string::npos;
    });
    ASSERT_FALSE(parsed.issues.empty());
    EXPECT_NE(found, parsed.issues.end())
        << mistake.message << " / " << format_issue("found", parsed.issues.front());
    if (found != parsed.issues.end()) EXPECT_GT(found->line, 40) << mistake.message;
  }
}

}  // namespace
}  // namespace dealog::rules
