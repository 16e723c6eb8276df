// Whether rules can be worked by: stages, kinds, states, fields, reasons and people that they name.
#include <algorithm>
#include <set>
#include <span>

#include <fmt/format.h>

#include "libs/base/id.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/participants.hpp"
#include "libs/rules/soundness.hpp"
#include "libs/rules/value_check.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

constexpr std::string_view kSettableFields[] = {"amount", "work_type", "source",
                                                "expected_close_date"};

constexpr std::string_view kOpenFields[] = {"amount", "work_type", "source",
                                            "owner",  "company",   "expected_close_date"};

// The title of a deal in another pipeline is made before anybody writes to somebody; a paper's
// number and link are there where one is sent.
std::span<const std::string_view> message_fields_of(ActionKind kind) {
  constexpr std::size_t kOfPapers = 2;
  const std::span<const std::string_view> all(kMessageFields);
  if (kind == ActionKind::kStartPipeline) return all.first(1);
  const bool paper = kind == ActionKind::kSendQuote || kind == ActionKind::kSendInvoice;
  return paper ? all : all.first(all.size() - kOfPapers);
}

class RuleCheck {
 public:
  RuleCheck(const Regulation& regulation, SoundnessIssues& issues)
      : regulation_(regulation), issues_(issues) {
    for (const Stage& stage : regulation.stages) stages_.push_back(stage.code);
    for (const LossReason& reason : regulation.loss_reasons) reasons_.push_back(reason.code);
  }

  void rule(const Rule& rule, const std::string& path) {
    trigger(rule.trigger, path + ".trigger");
    for (std::size_t i = 0; i < rule.actions.size(); ++i) {
      action(rule.actions[i], fmt::format("{}.actions[{}]", path, i));
    }
    order(rule, path);
    if (!rule.actions.empty() && rule.actions.back().kind == ActionKind::kWait) {
      issues_.error(fmt::format("{}.actions[{}]", path, rule.actions.size() - 1),
                    "nothing follows this pause; expected an action after it");
    }
  }

 private:
  void known(const std::vector<std::string_view>& all, std::string_view what,
             const std::string& code, const std::string& path) {
    if (code.empty() || issues_.is_full()) return;  // not read
    if (std::find(all.begin(), all.end(), code) != all.end()) return;
    issues_.error(path, fmt::format("unknown {} '{}'{}", what, code, suggestion(code, all)));
  }
  void all_known(const std::vector<std::string_view>& all, std::string_view what,
                 const std::vector<std::string>& codes, const std::string& path) {
    for (const std::string& code : codes) known(all, what, code, path);
  }
  void words(std::span<const Word> all, std::string_view what,
             const std::vector<std::string>& codes, const std::string& path) {
    all_known(codes_of(all), what, codes, path);
  }

  void order(const Rule& rule, const std::string& path);
  void trigger(const RuleTrigger& trigger, const std::string& base);
  void field_changed(const RuleTrigger& trigger, const std::string& path);
  void deadline(const RuleTrigger& trigger, const std::string& path);
  void action(const RuleAction& action, const std::string& base);
  void participant(const RuleAction& action, const std::string& path);
  void set_field(const RuleAction& action, const std::string& path);
  void people(const RuleAction& action, bool deal_owner, const std::string& path,
              bool customers = false);
  void message(const RuleAction& action, const std::string& path);

  const Regulation& regulation_;
  SoundnessIssues& issues_;
  std::vector<std::string_view> stages_, reasons_;
};

// What stands where it can never be done: nothing moves a closed deal, nor is it waited for.
void RuleCheck::order(const Rule& rule, const std::string& path) {
  bool closed =
      rule.trigger.kind == TriggerKind::kDealWon || rule.trigger.kind == TriggerKind::kDealLost;
  bool lost = false;
  for (std::size_t i = 0; i < rule.actions.size(); ++i) {
    const ActionKind kind = rule.actions[i].kind;
    const bool moves = kind == ActionKind::kMoveTo || kind == ActionKind::kLose;
    if ((closed && moves) || (lost && kind == ActionKind::kWait)) {
      issues_.warning(fmt::format("{}.actions[{}]", path, i),
                      fmt::format("the deal is closed by then: {} does nothing any more",
                                  lost && !moves ? "what follows" : "this"));
    }
    lost = lost || kind == ActionKind::kLose;
    closed = closed || lost;
  }
}

void RuleCheck::trigger(const RuleTrigger& trigger, const std::string& base) {
  const std::string path = fmt::format("{}.{}", base, trigger_name(trigger.kind));
  switch (trigger.kind) {
    case TriggerKind::kStageEntered:
    case TriggerKind::kStageLeft:
    case TriggerKind::kStageReentered:
      return all_known(stages_, "stage", trigger.codes, path);
    case TriggerKind::kTouch:
      words(touch_kinds(), "kind of touch", trigger.touch.kinds, path + ".kind");
      words(touch_directions(), "direction of a touch", trigger.touch.directions,
            path + ".direction");
      return words(touch_outcomes(), "outcome of a touch", trigger.touch.outcomes,
                   path + ".outcome");
    case TriggerKind::kTaskCompleted:
    case TriggerKind::kTaskOverdue:
      return words(task_kinds(), "kind of task", trigger.codes, path);
    case TriggerKind::kQuote:
      return known(codes_of(quote_changes()), "change of a quote", trigger.state, path);
    case TriggerKind::kInvoice:
      known(codes_of(invoice_changes()), "change of an invoice", trigger.state, path);
      return words(invoice_kinds(), "kind of invoice", trigger.codes, path + ".kind");
    case TriggerKind::kInvoiceOverdue:
      return words(invoice_kinds(), "kind of invoice", trigger.codes, path);
    case TriggerKind::kPayment:
      return known({"received"}, "change of a payment", trigger.state, path);
    case TriggerKind::kDiscount:
      return known({"over_policy"}, "discount", trigger.state, path);
    case TriggerKind::kFieldChanged:
      return field_changed(trigger, path);
    case TriggerKind::kDeadline:
      return deadline(trigger, path);
    case TriggerKind::kSchedule:
    case TriggerKind::kDealOpened:
    case TriggerKind::kDealWon:
    case TriggerKind::kDealLost:
    case TriggerKind::kDealReopened:
    case TriggerKind::kNoAnswer:
    case TriggerKind::kNoNextStep:
    case TriggerKind::kQuoteSilent:
      return;
  }
}

// What changed is told of every field; what it was and is, only of those that stand openly.
void RuleCheck::field_changed(const RuleTrigger& trigger, const std::string& path) {
  if (trigger.codes.empty()) {
    if (trigger.from || trigger.to) {
      issues_.error(path, "from and to need the field that they are values of");
    }
    return;
  }
  const std::string& field = trigger.codes.front();
  const bool is_custom = field.starts_with("custom.") && type_of_field(field, regulation_);
  std::vector<std::string_view> fields(std::begin(kOpenFields), std::end(kOpenFields));
  if (!is_custom && field != "title" && std::ranges::find(fields, field) == fields.end()) {
    fields.insert(fields.end(), {"title", "custom.<code>"});
    issues_.error(
        path, fmt::format("no rule hears of changes of '{}'{}", field, suggestion(field, fields)));
    return;
  }
  const bool compares = trigger.from || trigger.to;
  if (compares && (is_custom || field == "title")) {
    issues_.error(path, fmt::format("from and to cannot be asked of '{}', which is kept sealed; "
                                    "ask for what it is now by a condition",
                                    field));
  }
  for (const auto& [name, value] :
       {std::pair("from", &trigger.from), std::pair("to", &trigger.to)}) {
    if (!*value || (compares && is_custom)) continue;
    const std::string mistake = value_mistake(field, **value, regulation_);
    if (!mistake.empty()) issues_.error(fmt::format("{}.{}", path, name), mistake);
  }
  if (trigger.from && trigger.from == trigger.to) {
    issues_.error(path + ".to",
                  "expected another value than in from: nothing changes between them");
  }
}

void RuleCheck::deadline(const RuleTrigger& trigger, const std::string& path) {
  if (trigger.codes.empty()) return issues_.error(path, "expected a date of the deal");
  const std::string& field = trigger.codes.front();
  if (type_of_field(field, regulation_) == FieldType::kDate) return;
  std::vector<std::string> dates{"expected_close_date"};
  for (const CustomField& custom : regulation_.custom_fields) {
    if (custom.type == "date") dates.push_back("custom." + custom.code);
  }
  const std::vector<std::string_view> all(dates.begin(), dates.end());
  issues_.error(path, fmt::format("'{}' is no date of the deal{}", field, suggestion(field, all)));
}

void RuleCheck::action(const RuleAction& action, const std::string& base) {
  const std::string path = fmt::format("{}.{}", base, action_name(action.kind));
  switch (action.kind) {
    case ActionKind::kCreateTask:
      return known(codes_of(task_kinds()), "kind of task", action.task.kind, path + ".kind");
    case ActionKind::kCompleteTasks:
      return words(task_kinds(), "kind of task", action.codes, path);
    case ActionKind::kRescheduleTask:
      return words(task_kinds(), "kind of task", action.codes, path + ".kind");
    case ActionKind::kAddParticipant:
      return participant(action, path);
    case ActionKind::kRequestApproval:
      return known({"discount"}, "thing to approve", action.code, path);
    case ActionKind::kStartPipeline:
      if (action.code == regulation_.code) {
        issues_.error(path, "expected another pipeline than the deal's own");
      }
      return message(action, path);
    case ActionKind::kMoveTo:
      return known(stages_, "stage", action.code, path);
    case ActionKind::kLose:
      return known(reasons_, "loss reason", action.code, path);
    case ActionKind::kSetField:
      return set_field(action, path);
    case ActionKind::kAssign:
      if (action.by == AssignBy::kFixed && action.codes.size() > 1) {
        issues_.error(path + ".to", "expected one user; round_robin and least_loaded take several");
      }
      if (action.by == AssignBy::kFixed && !action.skill.empty()) {
        issues_.error(path + ".skill",
                      "a skill chooses among several: use round_robin or least_loaded");
      }
      return people(action, false, fmt::format("{}.{}", path, assign_name(action.by)));
    case ActionKind::kNotify:
      return people(action, true, path + ".to");
    case ActionKind::kSendMail:
    case ActionKind::kSendMessage:
    case ActionKind::kSendQuote:
    case ActionKind::kSendInvoice:
      people(action, true, path + ".to", true);
      return message(action, path);
    case ActionKind::kCallWebhook:
    case ActionKind::kWait:
      return;
  }
}

void RuleCheck::participant(const RuleAction& action, const std::string& path) {
  if (action.person == kDecisionMap && !action.code.empty() &&
      role_in_decision_map(action.code).empty()) {
    issues_.error(path + ".role", fmt::format("a company's decision map knows nobody as '{}'; "
                                              "expected decision_maker, influencer or payer",
                                              action.code));
    return;
  }
  known(codes_of(participant_roles()), "role", action.code, path + ".role");
}

void RuleCheck::set_field(const RuleAction& action, const std::string& path) {
  if (action.code.empty()) return;  // not read
  const bool custom =
      action.code.starts_with("custom.") && type_of_field(action.code, regulation_).has_value();
  std::vector<std::string_view> fields(std::begin(kSettableFields), std::end(kSettableFields));
  if (!custom && std::find(fields.begin(), fields.end(), action.code) == fields.end()) {
    fields.push_back("custom.<code>");
    issues_.error(path + ".field", fmt::format("a rule cannot set '{}'{}", action.code,
                                               suggestion(action.code, fields)));
    return;
  }
  if (!action.value) return;  // not read
  const std::string mistake = value_mistake(action.code, *action.value, regulation_);
  if (!mistake.empty()) issues_.error(path + ".value", mistake);
}

void RuleCheck::message(const RuleAction& action, const std::string& path) {
  const std::pair<const LocalText&, std::string> texts[] = {{action.subject, path + ".subject"},
                                                            {action.text, path + ".text"}};
  for (const auto& [text, where] : texts) {
    for (const std::string* one : {&text.ru, &text.en}) {
      const auto fields = message_fields_of(action.kind);
      const auto wrong = unknown_field(*one, fields);
      if (!wrong) continue;
      issues_.error(where, fmt::format("there is no field '{}' to fill in here{}", *wrong,
                                       suggestion(*wrong, {fields.begin(), fields.end()})));
    }
  }
}

void RuleCheck::people(const RuleAction& action, bool deal_owner, const std::string& path,
                       bool customers) {
  std::vector<std::string_view> all = codes_of(user_roles());
  if (deal_owner) all.push_back("deal_owner");
  if (customers) all.insert(all.end(), {"customer", "participants"});
  for (const std::string& who : action.codes) {
    if (UserId::parse(who)) continue;
    known(all, "role or user", who, path);
  }
}

}  // namespace

void check_rules(const Regulation& regulation, SoundnessIssues& issues) {
  RuleCheck check(regulation, issues);
  std::set<std::string_view> seen;
  for (std::size_t i = 0; i < regulation.rules.size(); ++i) {
    const Rule& rule = regulation.rules[i];
    const std::string path = fmt::format("rules[{}]", i);
    if (!rule.id.empty() && !seen.insert(rule.id).second) {
      issues.error(path + ".id",
                   fmt::format("the id '{}' stands here twice; expected another one", rule.id));
    }
    check.rule(rule, path);
  }
}

}  // namespace dealog::rules
