#include "libs/rules/rule_check.hpp"

#include <set>

#include "libs/base/id.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/participants.hpp"
#include "libs/rules/value_check.hpp"

namespace dealog::rules {
namespace {

constexpr std::string_view kSettableFields[] = {"amount", "work_type", "source",
                                                "expected_close_date"};

// The title of a deal in another pipeline is made before anybody writes to somebody; a paper's
// number and link are there where one is sent.
std::span<const std::string_view> message_fields_of(ActionKind kind) {
  constexpr std::size_t kOfPapers = 2;
  const std::span<const std::string_view> all(kMessageFields);
  if (kind == ActionKind::kStartPipeline || kind == ActionKind::kDraftQuote) return all.first(1);
  const bool paper = kind == ActionKind::kSendQuote || kind == ActionKind::kSendInvoice;
  return paper ? all : all.first(all.size() - kOfPapers);
}

}  // namespace

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
    case ActionKind::kDraftQuote:
      return lines(action, path);
    case ActionKind::kIssueInvoice:
      return invoice(action, path);
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
    case ActionKind::kSendInvitation:
      people(action, true, path + ".to", true);
      return message(action, path);
    case ActionKind::kWait:
      return pause(action, path);
    case ActionKind::kCallWebhook:
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

void RuleCheck::lines(const RuleAction& action, const std::string& path) {
  for (std::size_t i = 0; i < action.lines.size(); ++i) {
    const QuoteLine& line = action.lines[i];
    const std::string where = fmt::format("{}.lines[{}]", path, i);
    if (line.price && line.price->currency != regulation_.currency) {
      issues_.error(where + ".price",
                    fmt::format("expected money in {}", regulation_.currency.code()));
    }
    text_fields(line.title, action.kind, where + ".title");
  }
}

void RuleCheck::invoice(const RuleAction& action, const std::string& path) {
  known(codes_of(invoice_kinds()), "kind of invoice", action.code, path + ".kind");
  if (action.code == "interim" && action.share_basis_points < 0) {
    issues_.error(path, "expected the share of an interim invoice, such as share: 30 %");
  }
  if (action.share_basis_points == 0) issues_.error(path + ".share", "expected more than 0 %");
}

// What a pause waits for has to be able to come while it lasts.
void RuleCheck::pause(const RuleAction& action, const std::string& path) {
  if (!action.until) return;
  const std::string where = path + ".until";
  if (!can_be_awaited(action.until->kind)) {
    issues_.error(where,
                  "a pause is ended by what happens to the open deal: stage_entered, stage_left, "
                  "field_changed, touch, task_completed, quote, invoice, payment, "
                  "incoming_webhook");
    return;
  }
  if (action.until->from || action.until->to) {
    issues_.error(where, "from and to cannot be waited for; ask for the value by a condition");
  }
  trigger(*action.until, where);
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
  for (const auto& [text, where] : texts) text_fields(text, action.kind, where);
}

void RuleCheck::text_fields(const LocalText& text, ActionKind kind, const std::string& where) {
  const auto fields = message_fields_of(kind);
  for (const std::string* one : {&text.ru, &text.en}) {
    const auto wrong = unknown_field(*one, fields);
    if (!wrong) continue;
    issues_.error(where, fmt::format("there is no field '{}' to fill in here{}", *wrong,
                                     suggestion(*wrong, {fields.begin(), fields.end()})));
  }
}

void RuleCheck::people(const RuleAction& action, bool deal_owner, const std::string& path,
                       bool customers) {
  std::vector<std::string_view> all = codes_of(user_roles());
  if (deal_owner) all.push_back("deal_owner");
  if (customers) all.insert(all.end(), {"customer", "participants"});
  for (const std::string& who : action.codes) {
    if (UserId::parse(who) || is_team(who)) continue;
    known(all, "role or user", who, path);
  }
}

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
