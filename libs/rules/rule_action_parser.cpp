#include "libs/rules/rule_action_parser.hpp"

#include "libs/base/id.hpp"
#include "libs/base/limits.hpp"
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/only_key.hpp"
#include "libs/rules/paper_action_parser.hpp"
#include "libs/rules/participants.hpp"
#include "libs/rules/rule_trigger_parser.hpp"
#include "libs/rules/stage_parser.hpp"
#include "libs/rules/time_parser.hpp"

namespace dealog::rules {
namespace {

constexpr ActionKind kActions[] = {ActionKind::kCreateTask,     ActionKind::kCompleteTasks,
                                   ActionKind::kRescheduleTask, ActionKind::kMoveTo,
                                   ActionKind::kSetField,       ActionKind::kAssign,
                                   ActionKind::kAddParticipant, ActionKind::kRequestApproval,
                                   ActionKind::kDraftQuote,     ActionKind::kIssueInvoice,
                                   ActionKind::kLose,           ActionKind::kNotify,
                                   ActionKind::kSendMail,       ActionKind::kSendMessage,
                                   ActionKind::kSendQuote,      ActionKind::kSendInvoice,
                                   ActionKind::kSendInvitation, ActionKind::kCallWebhook,
                                   ActionKind::kStartPipeline,  ActionKind::kWait};

// People are named by codes, and teams as team:north.
constexpr std::string_view kOfNames = ":";

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
  if (const auto skill = map.optional("skill")) action.skill = skill->code().value_or("");
  const auto found = only_key(map, kWays, &assign_name);
  if (!found) return;
  action.by = found->first;
  action.codes = some_codes(found->second, kOfNames);
}

void read_notify(const YamlPlace& place, RuleAction& action) {
  YamlMap map(place, "a map with to and text");
  if (const auto to = map.required("to", "whom to tell: deal_owner, a role, team:… or usr_…")) {
    action.codes = some_codes(*to, kOfNames);
  }
  if (const auto text = map.required("text", "what to say, in both languages")) {
    action.text = text->local_text(limits::kTitleBytes).value_or(LocalText{});
  }
  if (const auto mail = map.optional("mail")) action.by_mail = mail->boolean().value_or(false);
  if (const auto telegram = map.optional("telegram")) {
    action.by_telegram = telegram->boolean().value_or(false);
  }
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
                 "to",
                 "whom to write to: customer, participants, deal_owner, a role, team:… or usr_…")) {
    action.codes = some_codes(*to, kOfNames);
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

void read_reschedule(const YamlPlace& place, const Regulation& regulation, RuleAction& action) {
  YamlMap map(place, "a map with kind and due");
  if (const auto kind = map.required("kind", "the kind of task, or any")) {
    action.codes = codes_or_any(*kind);
  }
  if (const auto due = map.required("due", "when it is due, such as 1 business day from then")) {
    action.task.due = parse_time_limit(*due, regulation.calendar).value_or(TimeLimit{});
  }
  map.finish();
}

void read_participant(const YamlPlace& place, RuleAction& action) {
  YamlMap map(place, "a map with person and role");
  constexpr std::string_view kWho = "a person: per_…, touch or decision_map";
  if (const auto person = map.required("person", kWho)) {
    const auto text = person->text(kWho, limits::kCodeBytes);
    const bool known = text && (*text == kPersonOfTouch || *text == kDecisionMap ||
                                PersonId::parse(*text).has_value());
    if (text && !known) person->expected(kWho);
    if (known) action.person = *text;
  }
  if (const auto role = map.required("role", "as what, such as payer")) {
    action.code = role->code().value_or("");
  }
  map.finish();
}

// A pipeline's code, or a map with the new deal's title.
void read_start_pipeline(const YamlPlace& place, RuleAction& action) {
  action.subject = {"{deal.title}", "{deal.title}"};
  if (place.is_scalar()) {
    action.code = place.code().value_or("");
    return;
  }
  YamlMap map(place, "a pipeline's code, or a map with pipeline and title");
  if (const auto pipeline = map.required("pipeline", "the code of the pipeline")) {
    action.code = pipeline->code().value_or("");
  }
  if (const auto title = map.optional("title")) {
    action.subject = title->local_text(limits::kTitleBytes).value_or(action.subject);
  }
  map.finish();
}

// A length of time, or a map with what ends the pause before at_most is over.
void read_wait(const YamlPlace& place, const Regulation& regulation, RuleAction& action) {
  if (!place.is_map()) {
    action.wait = parse_time_limit(place, regulation.calendar).value_or(TimeLimit{});
    return;
  }
  YamlMap map(place, "a length of time, or a map with until and at_most");
  if (const auto until = map.required("until", "what ends the pause, such as {quote: viewed}")) {
    action.until = parse_trigger(*until, regulation);
  }
  if (const auto limit = map.required("at_most", "when it ends anyway, such as 3 days")) {
    action.wait = parse_time_limit(*limit, regulation.calendar).value_or(TimeLimit{});
  }
  if (const auto then = map.optional("on_timeout")) {
    const std::string word = then->code().value_or("");
    action.stops = word == "stop";
    if (!word.empty() && word != "stop" && word != "continue") then->expected("continue or stop");
  }
  map.finish();
}

}  // namespace

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
    case ActionKind::kSendInvitation:
      read_message(value, action);
      break;
    case ActionKind::kDraftQuote:
      read_draft_quote(value, regulation, action);
      break;
    case ActionKind::kIssueInvoice:
      read_issue_invoice(value, regulation, action);
      break;
    case ActionKind::kRescheduleTask:
      read_reschedule(value, regulation, action);
      break;
    case ActionKind::kAddParticipant:
      read_participant(value, action);
      break;
    case ActionKind::kStartPipeline:
      read_start_pipeline(value, action);
      break;
    case ActionKind::kMoveTo:
    case ActionKind::kLose:
    case ActionKind::kCallWebhook:
    case ActionKind::kRequestApproval:
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
      read_wait(value, regulation, action);
      break;
  }
  return action;
}

}  // namespace dealog::rules
