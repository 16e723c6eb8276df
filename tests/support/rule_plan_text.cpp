// The rules of a plan as a regulation's text.
#include <fmt/format.h>

#include "tests/support/rule_histories.hpp"

namespace dealog::testing {
namespace {

using Action = OracleAction;
using Rule = OracleRule;
using Trigger = OracleRule::Trigger;

constexpr std::string_view kHead = R"(code: web-studio
title: {ru: Студия, en: Studio}
currency: RUB
stages:
  - code: first
    title: {ru: Один, en: One}
    moves: [second, third]
  - code: second
    title: {ru: Два, en: Two}
    moves: [third]
  - code: third
    title: {ru: Три, en: Three}
    wins_when:
      - acknowledgement: production
loss_reasons:
  - {code: price, title: {ru: Дорого, en: Price}}
)";

std::string trigger_yaml(const Rule& rule) {
  const std::string stage = rule.text.empty() ? "any" : rule.text;
  const std::string after = fmt::format("{} minutes", rule.after);
  switch (rule.trigger) {
    case Trigger::kEntered:
      return fmt::format("{{stage_entered: {}}}", stage);
    case Trigger::kLeft:
      return fmt::format("{{stage_left: {}}}", stage);
    case Trigger::kReentered:
      return fmt::format("{{stage_reentered: {}}}", stage);
    case Trigger::kChanged:
      return "{field_changed: amount}";
    case Trigger::kDeadline:
      return fmt::format("{{deadline: {{field: expected_close_date, {}: {}}}}}",
                         rule.back ? "before" : "after", after);
    case Trigger::kSchedule:
      return fmt::format("{{schedule: \"0 */{} * * *\"}}", rule.after / 60);
    case Trigger::kOpened:
      return "{deal: opened}";
    case Trigger::kLost:
      return "{deal: lost}";
    case Trigger::kReopened:
      return "{deal: reopened}";
    case Trigger::kIncoming:
      return "{touch: {direction: in}}";
    case Trigger::kDone:
      return "{task_completed: any}";
    case Trigger::kSent:
      return "{quote: sent}";
    case Trigger::kViewed:
      return "{quote: viewed}";
    case Trigger::kExpired:
      return "{quote: expired}";
    case Trigger::kNoAnswer:
      return fmt::format("{{no_answer: {}}}", after);
    case Trigger::kNoStep:
      return fmt::format("{{no_next_step: {}}}", after);
    case Trigger::kTaskOverdue:
      return fmt::format("{{task_overdue: {{kind: any, by: {}}}}}", after);
    case Trigger::kQuoteSilent:
      return fmt::format("{{quote_silent: {}}}", after);
  }
  return {};
}

std::string pause_yaml(const Action& action) {
  if (action.until == Until::kNothing) return fmt::format("wait: {} minutes", action.number);
  return fmt::format(
      "wait: {{until: {}, at_most: {} minutes, on_timeout: {}}}",
      action.until == Until::kViewed ? "{quote: viewed}" : "{touch: {direction: in}}",
      action.number, action.stops ? "stop" : "continue");
}

std::string action_yaml(const Action& action) {
  switch (action.kind) {
    case Action::Kind::kTask:
      return fmt::format("create_task: {{kind: call, title: {{ru: З, en: C}}, due: {} minutes}}",
                         action.number);
    case Action::Kind::kCompleteAll:
      return "complete_tasks: any";
    case Action::Kind::kMove:
      return "move_to: " + action.text;
    case Action::Kind::kAmount:
      return fmt::format("set_field: {{field: amount, value: {}.00 RUB}}", action.number);
    case Action::Kind::kLose:
      return "lose: price";
    case Action::Kind::kWait:
      return pause_yaml(action);
  }
  return {};
}

std::string rule_yaml(const Rule& rule) {
  std::string text =
      fmt::format("  - id: {}\n    title: {{ru: П, en: R}}\n    mode: live\n    trigger: {}\n",
                  rule.id, trigger_yaml(rule));
  if (rule.from) {
    text += fmt::format("    conditions:\n      - {{field: amount, at_least: {}.00 RUB}}\n",
                        *rule.from);
  }
  if (rule.once == Rule::Once::kVisit) text += "    once: visit\n";
  if (rule.once == Rule::Once::kDeal) text += "    once: deal\n";
  if (rule.once == Rule::Once::kPeriod) text += fmt::format("    once: {} minutes\n", rule.period);
  if (rule.stands_still) text += "    pause: owner_absent\n";
  text += "    actions:\n";
  for (const auto& action : rule.actions) text += "      - " + action_yaml(action) + "\n";
  return text;
}

}  // namespace

std::string regulation_of(const RulePlan& plan) {
  std::string text(kHead);
  if (!plan.rules.empty()) text += "rules:\n";
  for (const auto& rule : plan.rules) text += rule_yaml(rule);
  return text;
}

}  // namespace dealog::testing
