#include "libs/domain/deal/rule_run.hpp"

#include <algorithm>

#include "libs/domain/deal/approval.hpp"
#include "libs/domain/deal/facts.hpp"
#include "libs/domain/deal/rule_papers.hpp"

namespace dealog::deal {
namespace {

using rules::ActionKind;
using rules::TriggerKind;
using Reason = std::optional<std::string_view>;

// The texts that are kept are in the company's language.
const std::string& lasting(const rules::LocalText& text) {
  return text.ru.empty() ? text.en : text.ru;
}

// Timers and pauses are about open deals; what just happened may also have closed the deal.
Reason wrong_outcome(const State& state, const rules::Rule& rule, const RuleCall& call) {
  const TriggerKind kind = rule.trigger.kind;
  if (kind == TriggerKind::kDealWon || kind == TriggerKind::kDealLost) {
    const Outcome wanted = kind == TriggerKind::kDealWon ? Outcome::kWon : Outcome::kLost;
    if (state.outcome != wanted || state.episode != call.episode) return "deal_reopened";
    return std::nullopt;
  }
  const bool waited = call.step > 0 || is_timer(kind);
  if (waited && !state.is_open()) return "deal_closed";
  const bool of_visit = kind == TriggerKind::kStageEntered || kind == TriggerKind::kStageReentered;
  if (of_visit && state.visit() != call.visit) return "stage_left";
  return std::nullopt;
}

bool is_answered(const State& state, Timestamp since) {
  return std::ranges::any_of(state.touches, [&](const TouchSeen& seen) {
    return seen.answers_customer && seen.last_occurred >= since;
  });
}

bool is_over_policy(const State& state, const std::string& about, const Context& context) {
  const auto id = QuoteId::parse(about);
  const Quote* quote = id ? state.quote(*id) : nullptr;
  return quote != nullptr && quote->in_force() && !quote->approved() &&
         needs_approval(*quote, *context.regulation);
}

bool has_deadline(const State& state, const std::string& about, const Context& context) {
  const auto colon = about.find(':');
  const auto value = DealFacts(state, context).field(about.substr(0, colon));
  const auto* day = value ? std::get_if<Date>(&*value) : nullptr;
  return day != nullptr && about_deadline(about.substr(0, colon), *day) == about;
}

// Whether what the timer waited for has come meanwhile.
Reason answered(const State& state, const rules::Rule& rule, const RuleCall& call,
                const Context& context) {
  switch (rule.trigger.kind) {
    case TriggerKind::kNoAnswer:
      if (is_answered(state, call.since)) return "answered";
      break;
    case TriggerKind::kNoNextStep:
      // After a pause the step that the rule itself planned does not stop it.
      if (call.step == 0 && !state.open_tasks.empty()) return "next_step_planned";
      break;
    case TriggerKind::kTaskOverdue: {
      const auto task = TaskId::parse(call.about);
      if (!task || state.open_task(*task) == nullptr) return "task_closed";
      break;
    }
    case TriggerKind::kQuoteSilent:
    case TriggerKind::kQuoteExpired: {
      const auto id = QuoteId::parse(call.about);
      const Quote* quote = id ? state.quote(*id) : nullptr;
      if (quote == nullptr || quote->state != QuoteState::kSent) return "quote_answered";
      break;
    }
    case TriggerKind::kInvoiceOverdue: {
      const auto id = InvoiceId::parse(call.about);
      const Invoice* invoice = id ? state.invoice(*id) : nullptr;
      if (invoice == nullptr || !invoice->live() || invoice->paid()) return "invoice_settled";
      break;
    }
    case TriggerKind::kDiscount:
      if (!is_over_policy(state, call.about, context)) return "discount_settled";
      break;
    case TriggerKind::kDeadline:
      if (!has_deadline(state, call.about, context)) return "deadline_moved";
      break;
    default:
      break;
  }
  return std::nullopt;
}

// Whether its pause came to nothing.
bool timed_out(const rules::Rule& rule, const RuleCall& call) {
  if (call.step == 0 || call.step > rule.actions.size() || call.came) return false;
  const rules::RuleAction& pause = rule.actions[call.step - 1];
  return pause.until && pause.stops;
}

// How often a rule may act, and how late, does not stand still while somebody is away.
enum class Absences { kCount, kDoNot };

// The calendar in which the rule reckons for this deal, where it is not the company's.
std::optional<rules::BusinessCalendar> own_calendar(const rules::Rule& rule, const State& state,
                                                    const Context& context, Absences absences) {
  rules::RuleTime time = rule.time;
  if (absences == Absences::kDoNot) time.stops_in_absence = false;
  if (!time.is_owners()) return std::nullopt;
  const auto& regulation = *context.regulation;
  const bool knows = context.time_of && !state.owner.is_nil();
  return rules::calendar_of_owner(regulation.calendar, regulation.calendars, time,
                                  knows ? context.time_of(state.owner) : rules::OwnTime{});
}

Timestamp after(const rules::TimeLimit& limit, Timestamp from, const rules::Rule& rule,
                const State& state, const Context& context, Absences absences = Absences::kCount) {
  const auto own = own_calendar(rule, state, context, absences);
  return limit.after(from, own ? *own : context.regulation->calendar);
}

bool limit_reached(const State& state, const rules::Rule& rule, const RuleCall& call,
                   const Context& context) {
  using Per = rules::RepeatLimit::Per;
  if (call.step > 0 || rule.once.per == Per::kTrigger) return false;
  const auto run = std::ranges::find_if(state.rule_runs, [&](const RuleRun& known) {
    return known.rule == rule.id && known.simulated == call.simulated;
  });
  if (run == state.rule_runs.end()) return false;
  if (rule.once.per == Per::kVisit) return run->visit == call.visit;
  if (rule.once.per == Per::kDeal) return true;
  return context.now < after(rule.once.period, run->at, rule, state, context, Absences::kDoNot);
}

CreateTask task_of(const rules::TaskTemplate& task, const rules::Rule& rule, const State& state,
                   const Context& context) {
  return {.kind = task.kind,
          .title = lasting(task.title),
          .due = {.at = after(task.due, context.now, rule, state, context)},
          .automatic = true};
}

bool means_kind(const rules::RuleAction& action, const std::string& kind) {
  return action.codes.empty() || std::ranges::find(action.codes, kind) != action.codes.end();
}

ChangeDealDetails details_of(const rules::RuleAction& action) {
  ChangeDealDetails change;
  const rules::FieldValue& value = *action.value;
  if (action.code.starts_with("custom.")) {
    change.fields.custom.emplace_back(action.code.substr(7), value);
  } else if (const auto* money = std::get_if<Money>(&value)) {
    change.fields.amount = *money;
  } else if (const auto* date = std::get_if<Date>(&value)) {
    change.fields.expected_close = *date;
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    if (action.code == "work_type") change.fields.work_type = *text;
    if (action.code == "source") change.fields.source = *text;
  }
  return change;
}

// The day on which a length of time from now ends; nothing when none is named.
std::optional<Date> day_after(const rules::TimeLimit& limit, const rules::Rule& rule,
                              const State& state, const Context& context) {
  if (limit.amount.count() == 0) return std::nullopt;
  const auto day = local_date(after(limit, context.now, rule, state, context),
                              context.regulation->calendar.time_zone);
  return day ? std::optional(*day) : std::nullopt;
}

}  // namespace

bool too_late(const rules::Rule& rule, Timestamp due_at, Timestamp now,
              const rules::BusinessCalendar& calendar) {
  if (due_at.is_zero()) return false;
  using Kind = rules::LatePolicy::Kind;
  if (rule.late.kind == Kind::kRun || now <= due_at + kRuleOnTime) return false;
  if (rule.late.kind == Kind::kSkip) return true;
  return now > rule.late.within.after(due_at, calendar);
}

std::string about_deadline(std::string_view field, Date day) {
  return std::string(field) + ":" + day.text();
}

std::optional<std::string_view> why_not(const State& state, const rules::Rule& rule,
                                        const RuleCall& call, const Context& context) {
  if (!state.exists()) return "deal_missing";
  if (const Reason reason = wrong_outcome(state, rule, call)) return reason;
  if (const Reason reason = answered(state, rule, call, context)) return reason;
  const auto own = own_calendar(rule, state, context, Absences::kDoNot);
  const auto& calendar = own ? *own : context.regulation->calendar;
  if (too_late(rule, call.due_at, context.now, calendar)) return "late";
  if (timed_out(rule, call)) return "wait_timed_out";
  if (limit_reached(state, rule, call, context)) return "limit_reached";
  const DealFacts facts(state, context);
  const bool hold = std::ranges::all_of(
      rule.conditions, [&](const rules::Criterion& c) { return rules::holds(c, facts); });
  if (!hold) return "conditions_not_met";
  return std::nullopt;
}

std::vector<Command> commands_of(const rules::RuleAction& action, const rules::Rule& rule,
                                 const State& state, const Context& context) {
  std::vector<Command> commands;
  switch (action.kind) {
    case ActionKind::kCreateTask: {
      const auto& when = action.task.when;
      if (when && !rules::holds(*when, DealFacts(state, context))) break;
      commands.push_back(task_of(action.task, rule, state, context));
      break;
    }
    case ActionKind::kCompleteTasks:
      for (const OpenTask& task : state.open_tasks) {
        if (!means_kind(action, task.kind)) continue;
        commands.push_back(CompleteTask{task.id, lasting(rule.title)});
      }
      break;
    case ActionKind::kRescheduleTask:
      for (const OpenTask& task : state.open_tasks) {
        const Timestamp due = after(action.task.due, context.now, rule, state, context);
        if (!means_kind(action, task.kind) || task.due_at == due) continue;
        commands.push_back(
            RescheduleTask{.task = task.id, .due = {.at = due}, .reason = lasting(rule.title)});
      }
      break;
    case ActionKind::kRequestApproval: {
      const Quote* quote = state.quote_in_force();
      const bool asks = quote != nullptr && !quote->submitted() && !quote->approved() &&
                        !quote->declined() && needs_approval(*quote, *context.regulation);
      if (asks) commands.push_back(SubmitQuote{quote->id});
      break;
    }
    case ActionKind::kMoveTo:
      if (state.stage() != action.code) {
        commands.push_back(ChangeDealStage{.to = action.code, .reason = lasting(rule.title)});
      }
      break;
    case ActionKind::kSetField:
      if (action.value) commands.push_back(details_of(action));
      break;
    case ActionKind::kLose:
      commands.push_back(LoseDeal{.reason = action.code});
      break;
    case ActionKind::kSendQuote: {
      const Quote* quote = state.quote_in_force();
      if (quote && quote->state != QuoteState::kSent && quote->state != QuoteState::kAccepted) {
        commands.push_back(SendQuote{quote->id});
      }
      break;
    }
    case ActionKind::kSendInvoice: {
      const Invoice* invoice = invoice_to_send(state);
      if (invoice && invoice->state == InvoiceState::kIssued) {
        commands.push_back(SendInvoice{invoice->id});
      }
      break;
    }
    case ActionKind::kDraftQuote:
      if (state.quote_in_force() == nullptr) {
        commands.push_back(draft_of(action, state, day_after(action.wait, rule, state, context)));
      }
      break;
    case ActionKind::kIssueInvoice:
      commands.push_back(
          invoice_of(action, state, context, day_after(action.wait, rule, state, context)));
      break;
    case ActionKind::kAddParticipant:
    case ActionKind::kAssign:
    case ActionKind::kSendInvitation:
    case ActionKind::kNotify:
    case ActionKind::kSendMail:
    case ActionKind::kSendMessage:
    case ActionKind::kCallWebhook:
    case ActionKind::kStartPipeline:
    case ActionKind::kWait:
      break;
  }
  return commands;
}

const Invoice* invoice_to_send(const State& state) {
  const Invoice* last = nullptr;
  for (const Invoice& invoice : state.invoices) {
    if (invoice.live() && !invoice.paid()) last = &invoice;
  }
  return last;
}

RuleSteps steps_from(const rules::Rule& rule, std::size_t step, const State& state,
                     const Context& context) {
  RuleSteps steps{.end = std::min(step, rule.actions.size())};
  for (; steps.end < rule.actions.size(); ++steps.end) {
    const rules::RuleAction& action = rule.actions[steps.end];
    if (action.kind != ActionKind::kWait) continue;
    steps.until = after(action.wait, context.now, rule, state, context);
    break;
  }
  return steps;
}

}  // namespace dealog::deal
