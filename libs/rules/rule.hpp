// A rule of a regulation: what starts it, what must hold, what it does, how often. Data only; who
// carries it out knows the deal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/criterion.hpp"
#include "libs/rules/cron.hpp"
#include "libs/rules/owners_time.hpp"
#include "libs/rules/task_template.hpp"

namespace dealog::rules {

enum class RuleMode : std::uint8_t {
  kOff,
  kSimulate,  // records what it would have done
  kLive,
};

enum class TriggerKind : std::uint8_t {
  kStageEntered,
  kStageLeft,
  kStageReentered,  // one where the deal has stood before
  kDealOpened,
  kDealWon,
  kDealLost,
  kDealReopened,
  kFieldChanged,
  kTouch,
  kTaskCompleted,
  kQuote,
  kDiscount,  // a quote's discount is more than its author may grant
  kInvoice,
  kPayment,
  kSignal,  // a system elsewhere told of something
  // Timers: they run out `after` something, unless it is answered before.
  kNoAnswer,
  kNoNextStep,
  kTaskOverdue,
  kQuoteSilent,
  kQuoteExpired,  // the day until which one is valid is over, and it was not answered
  kInvoiceOverdue,
  kDeadline,  // before, at or after a date of the deal
  kSchedule,  // of every open deal
};
inline constexpr std::size_t kTriggerKinds = 23;
inline bool is_timer(TriggerKind kind) { return kind >= TriggerKind::kNoAnswer; }

struct RuleTrigger {
  TriggerKind kind = TriggerKind::kDealOpened;
  // Stages, fields, kinds of tasks or of invoices, signals; empty: any.
  std::vector<std::string> codes;
  std::string state;  // of a quote, an invoice or a payment: what became of it
  TouchQuery touch;
  // How long after it; of what is overdue and of deadlines perhaps zero.
  TimeLimit after;
  bool before = false;                  // kDeadline: `after` is reckoned backwards
  std::chrono::minutes time_of_day{0};  // kDeadline: of its day, from which is reckoned
  // kFieldChanged: what it was, what it is; nothing: whatever.
  std::optional<FieldValue> from, to;
  Cron cron;  // kSchedule

  bool operator==(const RuleTrigger&) const = default;
};

enum class ActionKind : std::uint8_t {
  kCreateTask,
  kCompleteTasks,
  kRescheduleTask,  // all open ones of the kinds
  kMoveTo,
  kSetField,
  kAssign,
  kAddParticipant,
  kRequestApproval,  // of the discount of the quote in force
  kDraftQuote,       // where the deal has none
  kIssueInvoice,
  kLose,
  kNotify,
  kSendMail,        // to the customer or to somebody who works here
  kSendMessage,     // the same in Telegram
  kSendQuote,       // the quote in force, by mail with its PDF
  kSendInvoice,     // the last open invoice, likewise
  kSendInvitation,  // to the next meeting, for calendars
  kCallWebhook,
  kStartPipeline,  // a deal of the same customer in another pipeline
  kWait,
};

// A line of a quote that a rule drafts.
struct QuoteLine {
  std::string product;  // of the price list: its code or prd_…; empty: none
  LocalText title;      // with fields filled in; empty: the product's
  std::int64_t quantity_thousandths = 1000;
  std::optional<Money> price;  // of one; nothing: the product's, else the deal's amount
  std::int32_t discount_basis_points = 0;

  bool operator==(const QuoteLine&) const = default;
};

enum class AssignBy : std::uint8_t { kFixed, kRoundRobin, kLeastLoaded };

struct RuleAction {
  ActionKind kind = ActionKind::kWait;
  TaskTemplate task;  // kCreateTask; of kRescheduleTask only its `due`
  // kCompleteTasks, kRescheduleTask: kinds of tasks. kAssign, kNotify, kSendMail, kSendMessage:
  // users (usr_…), roles, teams ("team:<code>"), but for kAssign also "deal_owner"; of those that
  // send also "customer" (the deal's contact) and "participants" (every person who takes part).
  std::vector<std::string> codes;
  // kMoveTo: stage; kSetField: field; kLose: reason; kCallWebhook: endpoint; kStartPipeline:
  // pipeline; kAddParticipant: role; kIssueInvoice: kind.
  std::string code;
  std::string person;               // kAddParticipant: per_…, "touch" or "decision_map"
  std::optional<FieldValue> value;  // kSetField
  AssignBy by = AssignBy::kFixed;
  // kAssign: a skill's code, or the field that names it: work_type, source. Empty: none is asked
  // for.
  std::string skill;
  LocalText subject;  // of a mail, or the title of a deal; see message_text.hpp
  LocalText text;     // kNotify, and what is sent; of all but kNotify with fields filled in
  // kNotify: as a mail, as a message in Telegram as well.
  bool by_mail = false, by_telegram = false;
  std::vector<QuoteLine> lines;  // kDraftQuote
  // kIssueInvoice: of what was agreed; below zero: what is not invoiced yet. kDraftQuote: to be
  // paid before work starts; below zero: the regulation's.
  std::int32_t share_basis_points = -1;
  // kWait. kDraftQuote: valid for so long, kIssueInvoice: due after it; zero: no day is named.
  TimeLimit wait;
  std::optional<RuleTrigger> until;  // kWait: ends it before its time is over
  bool stops = false;                // kWait: nothing follows when its time is over

  bool operator==(const RuleAction&) const = default;
};

// How often a rule may act on one deal.
struct RepeatLimit {
  enum class Per : std::uint8_t { kTrigger, kVisit, kDeal, kPeriod } per = Per::kTrigger;
  TimeLimit period;  // kPeriod

  bool operator==(const RepeatLimit&) const = default;
};

// What a timer does that could not be looked at in time, because the service was down.
struct LatePolicy {
  enum class Kind : std::uint8_t { kRun, kRunWithin, kSkip } kind = Kind::kRun;
  TimeLimit within;  // kRunWithin

  bool operator==(const LatePolicy&) const = default;
};

struct Rule {
  std::string id;  // a code, never reused
  LocalText title;
  RuleMode mode = RuleMode::kOff;  // when it is published first; may be changed by hand
  RuleTrigger trigger;
  std::vector<Criterion> conditions;
  std::vector<RuleAction> actions;
  RepeatLimit once;
  LatePolicy late;
  RuleTime time;

  bool operator==(const Rule&) const = default;
};

// Names as in the file.
std::string_view mode_name(RuleMode mode);  // off, simulate, live
std::optional<RuleMode> parse_mode(std::string_view name);
std::string_view trigger_name(TriggerKind kind);
std::string_view action_name(ActionKind kind);
// Whether somebody outside of the company gets something by it.
bool reaches_customer(const RuleAction& action);
// Whether a pause may be ended by it: something happens to an open deal.
bool can_be_awaited(TriggerKind kind);
// Whether all that the rule does is done to its deal alone, at the instant of what triggers it.
bool acts_at_once(const Rule& rule);
std::string_view assign_name(AssignBy by);

// What happened, as triggers see it: only what the kind asks about is filled in.
struct Occurrence {
  std::string_view code;   // stage, field, kind of task or of invoice
  std::string_view state;  // of quote or invoice
  std::string_view touch_kind, touch_direction, touch_outcome;
  bool answers_customer = false;
  // Of a field that stands openly; null: it was, it is empty.
  const FieldValue* from = nullptr;
  const FieldValue* to = nullptr;
};
// Whether the trigger, whose kind is that of what happened, is meant. Allocates nothing.
bool matches(const RuleTrigger& trigger, const Occurrence& occurrence);

// When a deadline of that day is reached; nothing when the calendar's zone is unknown. Whole days
// that are not business time are days of the calendar, however long they are.
std::optional<Timestamp> deadline_at(const RuleTrigger& trigger, Date day,
                                     const BusinessCalendar& calendar);

}  // namespace dealog::rules
