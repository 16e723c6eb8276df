// What a rule does, as JSON in the form of the file.
#include <fmt/format.h>

#include "libs/rules/rule_form.hpp"

namespace dealog::rules {
namespace {

namespace json = boost::json;

// "1.5" of 1500 thousandths.
std::string quantity(std::int64_t thousandths) {
  std::string text = fmt::format("{}.{:03}", thousandths / 1000, thousandths % 1000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

json::object line_json(const QuoteLine& line) {
  json::object object;
  if (!line.product.empty()) object["product"] = line.product;
  if (line.title != LocalText{}) object["title"] = text_json(line.title);
  object["quantity"] = quantity(line.quantity_thousandths);
  if (line.price) object["price"] = value_json(*line.price);
  if (line.discount_basis_points > 0) object["discount"] = percent_form(line.discount_basis_points);
  return object;
}

}  // namespace

json::value FileForm::draft(const RuleAction& action) const {
  json::array lines;
  for (const QuoteLine& line : action.lines) lines.push_back(line_json(line));
  json::object object{{"lines", std::move(lines)}};
  if (action.wait.amount.count() > 0) object["valid_for"] = time(action.wait);
  if (action.share_basis_points >= 0)
    object["prepayment"] = percent_form(action.share_basis_points);
  return object;
}

json::value FileForm::invoice(const RuleAction& action) const {
  json::object object{{"kind", action.code}};
  if (action.share_basis_points >= 0) object["share"] = percent_form(action.share_basis_points);
  if (action.wait.amount.count() > 0) object["due"] = time(action.wait);
  return object;
}

json::value FileForm::pause(const RuleAction& action) const {
  if (!action.until) return time(action.wait);
  return json::object{{"until", trigger(*action.until)},
                      {"at_most", time(action.wait)},
                      {"on_timeout", action.stops ? "stop" : "continue"}};
}

json::object FileForm::message(const RuleAction& action) const {
  json::object object;
  const bool paper =
      action.kind == ActionKind::kSendQuote || action.kind == ActionKind::kSendInvoice;
  if (!paper) object["to"] = codes_json(action.codes);
  if (action.kind != ActionKind::kSendMessage && action.kind != ActionKind::kNotify) {
    object["subject"] = text_json(action.subject);
  }
  object["text"] = text_json(action.text);
  if (action.by_mail) object["mail"] = true;
  if (action.by_telegram) object["telegram"] = true;
  return object;
}

json::value FileForm::done(const RuleAction& action) const {
  switch (action.kind) {
    case ActionKind::kCreateTask:
      return task(action.task);
    case ActionKind::kCompleteTasks:
      return codes_json(action.codes);
    case ActionKind::kRescheduleTask:
      return json::object{{"kind", codes_json(action.codes)}, {"due", time(action.task.due)}};
    case ActionKind::kSetField:
      return json::object{{"field", action.code},
                          {"value", action.value ? value_json(*action.value) : json::value()}};
    case ActionKind::kAssign: {
      json::object assign{{std::string(assign_name(action.by)), codes_json(action.codes)}};
      if (!action.skill.empty()) assign["skill"] = action.skill;
      return assign;
    }
    case ActionKind::kAddParticipant:
      return json::object{{"person", action.person}, {"role", action.code}};
    case ActionKind::kStartPipeline:
      return json::object{{"pipeline", action.code}, {"title", text_json(action.subject)}};
    case ActionKind::kNotify:
    case ActionKind::kSendMail:
    case ActionKind::kSendMessage:
    case ActionKind::kSendQuote:
    case ActionKind::kSendInvoice:
    case ActionKind::kSendInvitation:
      return message(action);
    case ActionKind::kDraftQuote:
      return draft(action);
    case ActionKind::kIssueInvoice:
      return invoice(action);
    case ActionKind::kMoveTo:
    case ActionKind::kRequestApproval:
    case ActionKind::kLose:
    case ActionKind::kCallWebhook:
      return json::value(action.code);
    case ActionKind::kWait:
      return pause(action);
  }
  return nullptr;
}

}  // namespace dealog::rules
