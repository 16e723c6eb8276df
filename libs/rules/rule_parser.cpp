#include "libs/rules/rule_parser.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/rule_action_parser.hpp"
#include "libs/rules/rule_trigger_parser.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

constexpr TimeLimit kLateForCustomers{std::chrono::hours(24), false};

// visit, deal, or a length of time.
RepeatLimit parse_once(const YamlPlace& place, const Regulation& regulation) {
  const std::string_view text = place.is_scalar() ? place.node().text : std::string_view();
  if (text == "visit") return {RepeatLimit::Per::kVisit, {}};
  if (text == "deal") return {RepeatLimit::Per::kDeal, {}};
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    place.expected("visit, deal, or a length of time such as 7 days");
    return {};
  }
  const auto period = parse_time_limit(place, regulation.calendar);
  return period ? RepeatLimit{RepeatLimit::Per::kPeriod, *period} : RepeatLimit{};
}

// run, skip, or a length of time.
LatePolicy parse_late(const YamlPlace& place, const Regulation& regulation) {
  const std::string_view text = place.is_scalar() ? place.node().text : std::string_view();
  if (text == "run") return {};
  if (text == "skip") return {LatePolicy::Kind::kSkip, {}};
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    place.expected("run, skip, or how late it may be, such as 1 day");
    return {};
  }
  const auto within = parse_time_limit(place, regulation.calendar);
  return within ? LatePolicy{LatePolicy::Kind::kRunWithin, *within} : LatePolicy{};
}

// One of two words, of which `yes` is true.
bool parse_choice(const YamlPlace& place, std::string_view yes, std::string_view no) {
  const std::string_view text = place.is_scalar() ? place.node().text : std::string_view();
  if (text != yes && text != no) place.expected(fmt::format("{} or {}", yes, no));
  return text == yes;
}

RuleTime parse_rule_time(YamlMap& map) {
  RuleTime time;
  if (const auto calendar = map.optional("calendar")) {
    time.owners_calendar = parse_choice(*calendar, "owner", "company");
  }
  if (const auto pause = map.optional("pause")) {
    time.stops_in_absence = parse_choice(*pause, "owner_absent", "never");
  }
  return time;
}

}  // namespace

Rule parse_rule(const YamlPlace& place, const Regulation& regulation) {
  Rule rule;
  YamlMap map(place, "a rule: a map with id, title, mode, trigger and actions");
  if (const auto id = map.required("id", "a code that is never reused")) {
    rule.id = id->code().value_or("");
  }
  if (const auto title = map.required("title", "the title in both languages")) {
    rule.title = title->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
  if (const auto mode = map.required("mode", "off, simulate or live")) {
    const auto read = parse_mode(mode->is_scalar() ? mode->node().text : "");
    if (!read) mode->expected("off, simulate or live");
    rule.mode = read.value_or(RuleMode::kOff);
  }
  if (const auto trigger = map.required("trigger", "what starts the rule")) {
    rule.trigger = parse_trigger(*trigger, regulation);
  }
  if (const auto conditions = map.optional("conditions")) {
    rule.conditions = parse_criteria(*conditions, regulation);
  }
  if (const auto once = map.optional("once")) rule.once = parse_once(*once, regulation);
  const auto late = map.optional("late");
  if (late) rule.late = parse_late(*late, regulation);
  rule.time = parse_rule_time(map);
  if (const auto actions = map.required("actions", "what the rule does, in order")) {
    for (const YamlPlace& item : actions->list(kActionsOfRule)) {
      rule.actions.push_back(parse_action(item, regulation));
    }
    if (rule.actions.empty() && actions->is_list()) actions->error("expected at least one action");
  }
  // Nobody wants to hear from us what was due last week.
  if (!late && std::ranges::any_of(rule.actions, reaches_customer)) {
    rule.late = {LatePolicy::Kind::kRunWithin, kLateForCustomers};
  }
  map.finish();
  return rule;
}

}  // namespace dealog::rules
