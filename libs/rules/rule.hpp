// A rule of a regulation: what starts it, what must hold, what it does, how often. Data only; who
// carries it out knows the deal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/criterion.hpp"
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
  kDealOpened,
  kDealWon,
  kDealLost,
  kDealReopened,
  kTouch,
  kTaskCompleted,
  kQuote,
  kInvoice,
  kPayment,
  // Timers: they run out `after` something, unless it is answered before.
  kNoAnswer,
  kNoNextStep,
  kTaskOverdue,
  kQuoteSilent,
  kInvoiceOverdue,
};
inline constexpr std::size_t kTriggerKinds = 16;
inline bool is_timer(TriggerKind kind) { return kind >= TriggerKind::kNoAnswer; }

struct RuleTrigger {
  TriggerKind kind = TriggerKind::kDealOpened;
  // Stages, kinds of tasks or of invoices; empty: any.
  std::vector<std::string> codes;
  std::string state;  // of a quote or an invoice: what became of it
  TouchQuery touch;
  // How long after it; of what is overdue perhaps zero.
  TimeLimit after;

  bool operator==(const RuleTrigger&) const = default;
};

enum class ActionKind : std::uint8_t {
  kCreateTask,
  kCompleteTasks,
  kMoveTo,
  kSetField,
  kAssign,
  kLose,
  kNotify,
  kSendMail,     // to the customer or to somebody who works here
  kSendMessage,  // the same in Telegram
  kSendQuote,    // the quote in force, by mail with its PDF
  kSendInvoice,  // the last open invoice, likewise
  kCallWebhook,
  kWait,
};

enum class AssignBy : std::uint8_t { kFixed, kRoundRobin, kLeastLoaded };

struct RuleAction {
  ActionKind kind = ActionKind::kWait;
  TaskTemplate task;  // kCreateTask
  // kCompleteTasks: kinds of tasks. kAssign, kNotify, kSendMail, kSendMessage: users (usr_…),
  // roles, but for kAssign also "deal_owner"; of the last two also "customer" (the deal's contact)
  // and "participants" (every person who takes part).
  std::vector<std::string> codes;
  // kMoveTo: stage; kSetField: field; kLose: reason; kCallWebhook: endpoint.
  std::string code;
  std::optional<FieldValue> value;  // kSetField
  AssignBy by = AssignBy::kFixed;
  LocalText subject;     // of a mail; see message_text.hpp
  LocalText text;        // kNotify, and what is sent; of all but kNotify with fields filled in
  bool by_mail = false;  // kNotify: as a mail as well
  TimeLimit wait;        // kWait

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

  bool operator==(const Rule&) const = default;
};

// Names as in the file.
std::string_view mode_name(RuleMode mode);  // off, simulate, live
std::optional<RuleMode> parse_mode(std::string_view name);
std::string_view trigger_name(TriggerKind kind);
std::string_view action_name(ActionKind kind);
// Whether somebody outside of the company gets something by it.
bool reaches_customer(const RuleAction& action);
std::string_view assign_name(AssignBy by);

// What happened, as triggers see it: only what the kind asks about is filled in.
struct Occurrence {
  std::string_view code;   // stage, kind of task or of invoice
  std::string_view state;  // of quote or invoice
  std::string_view touch_kind, touch_direction, touch_outcome;
  bool answers_customer = false;
};
// Whether the trigger, whose kind is that of what happened, is meant. Allocates nothing.
bool matches(const RuleTrigger& trigger, const Occurrence& occurrence);

// A rule as sentences: "When … , if …: …".
std::string describe_rule(const Rule& rule, Language language);

}  // namespace dealog::rules
