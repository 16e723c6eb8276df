#include "libs/rules/rule_parser.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/stage_parser.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

// The one key of a map that says what is meant, as {stage_entered: meeting}. Reports none or two.
template <class Kind, std::size_t N>
std::optional<std::pair<Kind, YamlPlace>> only_key(YamlMap& map, const Kind (&kinds)[N],
                                                   std::string_view (*name)(Kind)) {
  std::optional<std::pair<Kind, YamlPlace>> found;
  std::string names;
  bool several = false;
  for (const Kind kind : kinds) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name(kind));
    const auto place = map.optional(name(kind));
    if (!place) continue;
    several = several || found.has_value();
    found.emplace(kind, *place);
  }
  const bool all_known = map.finish();
  if (several) {
    map.place().error("this says one thing; write the other as its own item");
    return std::nullopt;
  }
  if (!found && map.is_map() && all_known) {
    map.place().error(fmt::format("expected one of: {}", names));
  }
  return found;
}

// One code or a list; the word `any` stands for the empty list.
std::vector<std::string> codes_or_any(const YamlPlace& place) {
  auto codes = place.codes();
  if (codes.size() == 1 && codes.front() == "any") codes.clear();
  return codes;
}

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
    TriggerKind::kDealOpened,    TriggerKind::kStageEntered,  TriggerKind::kStageLeft,
    TriggerKind::kTouch,         TriggerKind::kTaskCompleted, TriggerKind::kQuote,
    TriggerKind::kInvoice,       TriggerKind::kPayment,       TriggerKind::kNoAnswer,
    TriggerKind::kNoNextStep,    TriggerKind::kTaskOverdue,   TriggerKind::kQuoteSilent,
    TriggerKind::kInvoiceOverdue};
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
      case TriggerKind::kTaskCompleted:
        trigger_.codes = codes_or_any(value);
        return;
      case TriggerKind::kTouch:
        return read_touch(value);
      case TriggerKind::kQuote:
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
  void read_after(const YamlPlace& value) {
    trigger_.after = parse_time_limit(value, regulation_.calendar).value_or(TimeLimit{});
  }

  const Regulation& regulation_;
  RuleTrigger trigger_;
};

constexpr TimeLimit kLateForCustomers{std::chrono::hours(24), false};

constexpr ActionKind kActions[] = {
    ActionKind::kCreateTask, ActionKind::kCompleteTasks, ActionKind::kMoveTo,
    ActionKind::kSetField,   ActionKind::kAssign,        ActionKind::kLose,
    ActionKind::kNotify,     ActionKind::kSendMail,      ActionKind::kSendMessage,
    ActionKind::kSendQuote,  ActionKind::kSendInvoice,   ActionKind::kCallWebhook,
    ActionKind::kWait};

void read_set_field(const YamlPlace& place, const Regulation& regulation, RuleAction& action) {
  YamlMap map(place, "a map with field and value");
  if (const auto field = map.required("field", "the field to fill in, such as work_type")) {
    action.code = field->code(".").value_or("");
  }
  if (const auto value = map.required("value", "what the field is to be")) {
    action.value = parse_field_value(*value, action.code, regulation);
  }
  map.finish();
}

void read_assign(const YamlPlace& place, RuleAction& action) {
  constexpr AssignBy kWays[] = {AssignBy::kFixed, AssignBy::kRoundRobin, AssignBy::kLeastLoaded};
  YamlMap map(place, "a map such as {round_robin: seller} or {to: usr_…}");
  const auto found = only_key(map, kWays, &assign_name);
  if (!found) return;
  action.by = found->first;
  action.codes = found->second.codes();
}

void read_notify(const YamlPlace& place, RuleAction& action) {
  YamlMap map(place, "a map with to and text");
  if (const auto to = map.required("to", "whom to tell: deal_owner, a role or usr_…")) {
    action.codes = to->codes();
  }
  if (const auto text = map.required("text", "what to say, in both languages")) {
    action.text = text->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
  if (const auto mail = map.optional("mail")) action.by_mail = mail->boolean().value_or(false);
  map.finish();
}

// What is sent. A quote and an invoice go to the customer; a message has no subject.
void read_message(const YamlPlace& place, RuleAction& action) {
  const bool paper =
      action.kind == ActionKind::kSendQuote || action.kind == ActionKind::kSendInvoice;
  YamlMap map(place, "a map with to, subject and text");
  if (paper) {
    action.codes = {"customer"};
  } else if (const auto to = map.required(
                 "to", "whom to write to: customer, participants, deal_owner, a role or usr_…")) {
    action.codes = to->codes();
  }
  if (action.kind != ActionKind::kSendMessage) {
    if (const auto subject = map.required("subject", "the mail's subject, in both languages")) {
      action.subject = subject->local_text(limits::kTitleBytes).value_or(LocalText{});
    }
  }
  if (const auto text = map.required("text", "what to write, in both languages")) {
    action.text = text->local_text(kMessageBytes).value_or(LocalText{});
  }
  map.finish();
}

RuleAction parse_action(const YamlPlace& place, const Regulation& regulation) {
  RuleAction action;
  YamlMap map(place, "an action: a map such as {move_to: meeting} or {wait: 2 days}");
  const auto found = only_key(map, kActions, &action_name);
  if (!found) return action;
  action.kind = found->first;
  const YamlPlace& value = found->second;
  switch (action.kind) {
    case ActionKind::kCreateTask:
      action.task = parse_task_template(value, regulation);
      break;
    case ActionKind::kCompleteTasks:
      action.codes = codes_or_any(value);
      break;
    case ActionKind::kSendMail:
    case ActionKind::kSendMessage:
    case ActionKind::kSendQuote:
    case ActionKind::kSendInvoice:
      read_message(value, action);
      break;
    case ActionKind::kMoveTo:
    case ActionKind::kLose:
    case ActionKind::kCallWebhook:
      action.code = value.code().value_or("");
      break;
    case ActionKind::kSetField:
      read_set_field(value, regulation, action);
      break;
    case ActionKind::kAssign:
      read_assign(value, action);
      break;
    case ActionKind::kNotify:
      read_notify(value, action);
      break;
    case ActionKind::kWait:
      action.wait = parse_time_limit(value, regulation.calendar).value_or(TimeLimit{});
      break;
  }
  return action;
}

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
