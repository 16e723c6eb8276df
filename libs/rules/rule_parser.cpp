#include "libs/rules/rule_parser.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/only_key.hpp"
#include "libs/rules/rule_action_parser.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

// `deal` is one key for four kinds; the others are keys of their own.
struct TriggerWord {
  std::string_view key;
  TriggerKind kind;
};
constexpr TriggerWord kDealWords[] = {{"opened", TriggerKind::kDealOpened},
                                      {"won", TriggerKind::kDealWon},
                                      {"lost", TriggerKind::kDealLost},
                                      {"reopened", TriggerKind::kDealReopened}};
constexpr TriggerKind kTriggerKeys[] = {
    TriggerKind::kDealOpened,     TriggerKind::kStageEntered, TriggerKind::kStageLeft,
    TriggerKind::kStageReentered, TriggerKind::kFieldChanged, TriggerKind::kTouch,
    TriggerKind::kTaskCompleted,  TriggerKind::kQuote,        TriggerKind::kDiscount,
    TriggerKind::kInvoice,        TriggerKind::kPayment,      TriggerKind::kNoAnswer,
    TriggerKind::kNoNextStep,     TriggerKind::kTaskOverdue,  TriggerKind::kQuoteSilent,
    TriggerKind::kInvoiceOverdue, TriggerKind::kDeadline,     TriggerKind::kSchedule};
std::string_view trigger_key(TriggerKind kind) {
  return kind == TriggerKind::kDealOpened ? "deal" : trigger_name(kind);
}

class TriggerReader {
 public:
  explicit TriggerReader(const Regulation& regulation) : regulation_(regulation) {}

  RuleTrigger read(const YamlPlace& place) {
    YamlMap map(place, "a trigger: a map such as {stage_entered: meeting} or {deal: won}");
    const auto found = only_key(map, kTriggerKeys, &trigger_key);
    if (!found) return {};
    trigger_.kind = found->first;
    read_kind(found->second);
    return std::move(trigger_);
  }

 private:
  void read_kind(const YamlPlace& value) {
    switch (trigger_.kind) {
      case TriggerKind::kDealOpened:
      case TriggerKind::kDealWon:
      case TriggerKind::kDealLost:
      case TriggerKind::kDealReopened:
        return read_deal(value);
      case TriggerKind::kStageEntered:
      case TriggerKind::kStageLeft:
      case TriggerKind::kStageReentered:
      case TriggerKind::kTaskCompleted:
        trigger_.codes = codes_or_any(value);
        return;
      case TriggerKind::kTouch:
        return read_touch(value);
      case TriggerKind::kQuote:
      case TriggerKind::kDiscount:
      case TriggerKind::kPayment:
        trigger_.state = value.code().value_or("");
        return;
      case TriggerKind::kInvoice:
        return read_invoice(value);
      case TriggerKind::kNoAnswer:
      case TriggerKind::kNoNextStep:
      case TriggerKind::kQuoteSilent:
        return read_after(value);
      case TriggerKind::kTaskOverdue:
      case TriggerKind::kInvoiceOverdue:
        return read_overdue(value);
      case TriggerKind::kFieldChanged:
        return read_field_changed(value);
      case TriggerKind::kDeadline:
        return read_deadline(value);
      case TriggerKind::kSchedule:
        return read_schedule(value);
    }
  }
  void read_deal(const YamlPlace& value) {
    const auto word = value.code();
    if (!word) return;
    for (const TriggerWord& known : kDealWords) {
      if (known.key != *word) continue;
      trigger_.kind = known.kind;
      return;
    }
    value.expected("opened, won, lost or reopened");
  }
  void read_touch(const YamlPlace& value) {
    YamlMap map(value, "a map with kind, direction, outcome and answers_customer");
    if (const auto kind = map.optional("kind")) trigger_.touch.kinds = kind->codes();
    if (const auto direction = map.optional("direction")) {
      trigger_.touch.directions = direction->codes();
    }
    if (const auto outcome = map.optional("outcome")) trigger_.touch.outcomes = outcome->codes();
    if (const auto answers = map.optional("answers_customer")) {
      trigger_.touch.answers_customer = answers->boolean().value_or(false);
    }
    map.finish();
  }
  void read_invoice(const YamlPlace& value) {
    if (value.is_scalar()) {
      trigger_.state = value.code().value_or("");
      return;
    }
    YamlMap map(value, "a state (issued, sent, paid, voided) or a map with kind and state");
    if (const auto kind = map.optional("kind")) trigger_.codes = codes_or_any(*kind);
    if (const auto state = map.required("state", "issued, sent, paid or voided")) {
      trigger_.state = state->code().value_or("");
    }
    map.finish();
  }
  void read_overdue(const YamlPlace& value) {
    if (!value.is_map()) {
      trigger_.codes = codes_or_any(value);
      return;
    }
    YamlMap map(value, "kinds, or a map with kind and by");
    if (const auto kind = map.optional("kind")) trigger_.codes = codes_or_any(*kind);
    if (const auto by = map.optional("by")) read_after(*by);
    map.finish();
  }
  void read_field(const YamlPlace& value) {
    const auto field = value.code(".");
    if (field && *field != "any") trigger_.codes = {*field};
  }
  void read_field_changed(const YamlPlace& value) {
    if (!value.is_map()) return read_field(value);
    YamlMap map(value, "a field such as amount, or a map with field, from and to");
    if (const auto field = map.required("field", "the field, such as work_type")) {
      read_field(*field);
    }
    const std::string field = trigger_.codes.empty() ? std::string() : trigger_.codes.front();
    if (const auto from = map.optional("from")) {
      trigger_.from = parse_field_value(*from, field, regulation_);
    }
    if (const auto to = map.optional("to")) {
      trigger_.to = parse_field_value(*to, field, regulation_);
    }
    map.finish();
  }
  void read_deadline(const YamlPlace& value) {
    if (!value.is_map()) return read_field(value);
    YamlMap map(value, "a date of the deal, or a map with field, before or after, and at");
    if (const auto field = map.required("field", "a date, such as expected_close_date")) {
      read_field(*field);
    }
    const auto before = map.optional("before"), after = map.optional("after");
    if (before && after) before->error("expected before or after, not both");
    trigger_.before = before.has_value();
    if (before || after) read_after(before ? *before : *after);
    if (const auto at = map.optional("at")) {
      trigger_.time_of_day = parse_time_of_day(*at).value_or(std::chrono::minutes(0));
    }
    map.finish();
  }
  void read_schedule(const YamlPlace& value) {
    constexpr std::string_view kForm = "a schedule of five fields such as \"0 9 * * 1-5\"";
    std::string zone = regulation_.calendar.time_zone;
    if (!value.is_map()) return read_cron(value, kForm, zone);
    YamlMap map(value, "a schedule, or a map with cron and zone");
    if (const auto place = map.optional("zone")) {
      constexpr std::string_view kZone = "an IANA time zone such as Europe/Moscow";
      const auto name = place->text(kZone, limits::kCodeBytes);
      if (name && check_time_zone(*name)) {
        zone = *name;
      } else if (name) {
        place->expected(kZone);
      }
    }
    if (const auto cron = map.required("cron", kForm)) read_cron(*cron, kForm, zone);
    map.finish();
  }
  void read_cron(const YamlPlace& value, std::string_view form, const std::string& zone) {
    const auto text = value.text(form, limits::kTitleBytes);
    if (!text) return;
    auto cron = Cron::parse(*text, zone);
    if (!cron) return value.error(cron.error().message);
    trigger_.cron = std::move(*cron);
  }
  void read_after(const YamlPlace& value) {
    trigger_.after = parse_time_limit(value, regulation_.calendar).value_or(TimeLimit{});
  }

  const Regulation& regulation_;
  RuleTrigger trigger_;
};

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
    rule.trigger = TriggerReader(regulation).read(*trigger);
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
