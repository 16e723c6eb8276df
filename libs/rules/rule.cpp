#include "libs/rules/rule.hpp"

#include <algorithm>

#include "libs/rules/participants.hpp"

namespace dealog::rules {
namespace {

constexpr std::string_view kModes[] = {"off", "simulate", "live"};
constexpr std::string_view kTriggers[] = {
    "stage_entered",   "stage_left",    "stage_reentered", "deal_opened",  "deal_won",
    "deal_lost",       "deal_reopened", "field_changed",   "touch",        "task_completed",
    "quote",           "discount",      "invoice",         "payment",      "incoming_webhook",
    "no_answer",       "no_next_step",  "task_overdue",    "quote_silent", "quote",
    "invoice_overdue", "deadline",      "schedule"};
constexpr std::string_view kActions[] = {
    "create_task",  "complete_tasks",  "reschedule_task",  "move_to",        "set_field",
    "assign",       "add_participant", "request_approval", "draft_quote",    "issue_invoice",
    "lose",         "notify",          "send_mail",        "send_message",   "send_quote",
    "send_invoice", "send_invitation", "call_webhook",     "start_pipeline", "wait"};
constexpr std::string_view kAssigns[] = {"to", "round_robin", "least_loaded"};
static_assert(std::size(kTriggers) == kTriggerKinds);

bool names(const std::vector<std::string>& wanted, std::string_view code) {
  return wanted.empty() || std::ranges::find(wanted, code) != wanted.end();
}

}  // namespace

std::string_view mode_name(RuleMode mode) { return kModes[static_cast<std::size_t>(mode)]; }

std::optional<RuleMode> parse_mode(std::string_view name) {
  const auto found = std::ranges::find(kModes, name);
  if (found == std::end(kModes)) return std::nullopt;
  return static_cast<RuleMode>(found - std::begin(kModes));
}

std::string_view trigger_name(TriggerKind kind) {
  return kTriggers[static_cast<std::size_t>(kind)];
}
std::string_view action_name(ActionKind kind) { return kActions[static_cast<std::size_t>(kind)]; }

bool reaches_customer(const RuleAction& action) {
  if (action.kind == ActionKind::kSendQuote || action.kind == ActionKind::kSendInvoice) return true;
  if (action.kind != ActionKind::kSendMail && action.kind != ActionKind::kSendMessage &&
      action.kind != ActionKind::kSendInvitation) {
    return false;
  }
  return std::ranges::any_of(action.codes, [](const std::string& who) {
    return who == "customer" || who == "participants";
  });
}

bool can_be_awaited(TriggerKind kind) {
  switch (kind) {
    case TriggerKind::kStageEntered:
    case TriggerKind::kStageLeft:
    case TriggerKind::kStageReentered:
    case TriggerKind::kFieldChanged:
    case TriggerKind::kTouch:
    case TriggerKind::kTaskCompleted:
    case TriggerKind::kQuote:
    case TriggerKind::kInvoice:
    case TriggerKind::kPayment:
    case TriggerKind::kSignal:
      return true;
    default:
      return false;
  }
}

bool acts_at_once(const Rule& rule) {
  if (is_timer(rule.trigger.kind)) return false;
  return std::ranges::all_of(rule.actions, [](const RuleAction& action) {
    switch (action.kind) {
      case ActionKind::kCreateTask:
      case ActionKind::kCompleteTasks:
      case ActionKind::kRescheduleTask:
      case ActionKind::kMoveTo:
      case ActionKind::kSetField:
      case ActionKind::kLose:
      case ActionKind::kDraftQuote:
        return true;
      case ActionKind::kAddParticipant:
        // The touch stands in the log, which the append that is being made does not.
        return action.person != kPersonOfTouch;
      default:
        return false;
    }
  });
}

std::string_view assign_name(AssignBy by) { return kAssigns[static_cast<std::size_t>(by)]; }

bool matches(const RuleTrigger& trigger, const Occurrence& occurrence) {
  if (trigger.kind == TriggerKind::kTouch) {
    return names(trigger.touch.kinds, occurrence.touch_kind) &&
           names(trigger.touch.directions, occurrence.touch_direction) &&
           names(trigger.touch.outcomes, occurrence.touch_outcome) &&
           (!trigger.touch.answers_customer || occurrence.answers_customer);
  }
  if (!trigger.state.empty() && trigger.state != occurrence.state) return false;
  const auto is = [](const std::optional<FieldValue>& wanted, const FieldValue* value) {
    return !wanted || (value != nullptr && *value == *wanted);
  };
  if (!is(trigger.from, occurrence.from) || !is(trigger.to, occurrence.to)) return false;
  return names(trigger.codes, occurrence.code);
}

std::optional<Timestamp> deadline_at(const RuleTrigger& trigger, Date day,
                                     const BusinessCalendar& calendar) {
  constexpr std::chrono::minutes kDay{24 * 60};
  const TimeLimit& limit = trigger.after;
  const bool whole_days = !limit.business && limit.amount % kDay == std::chrono::minutes(0);
  if (whole_days) {
    const auto days = static_cast<std::int32_t>(limit.amount / kDay);
    day.days += trigger.before ? -days : days;
  }
  const auto base = local_instant(day, trigger.time_of_day, calendar.time_zone);
  if (!base) return std::nullopt;
  if (whole_days) return *base;
  if (!trigger.before) return limit.after(*base, calendar);
  return limit.business ? calendar.subtract(*base, limit.amount) : *base - limit.amount;
}

}  // namespace dealog::rules
