#include "libs/rules/rule_json.hpp"

#include <fmt/format.h>

#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/describe.hpp"
#include "libs/rules/rule_form.hpp"

namespace dealog::rules {

namespace json = boost::json;

namespace {

constexpr std::string_view kWithinPolicy = "discount:within_policy";

void put_codes(json::object& object, std::string_view key, const std::vector<std::string>& codes) {
  if (!codes.empty()) object[key] = codes_json(codes);
}

json::object touch_json(const TouchQuery& touch) {
  json::object object;
  put_codes(object, "kind", touch.kinds);
  put_codes(object, "direction", touch.directions);
  put_codes(object, "outcome", touch.outcomes);
  if (touch.answers_customer) object["answers_customer"] = true;
  if (touch.since_entering_stage) object["since_entering_stage"] = true;
  return object;
}

json::object task_query_json(const TaskQuery& task) {
  json::object object;
  put_codes(object, "kind", task.kinds);
  if (!task.open) object["open"] = false;
  if (task.in_future) object["in_future"] = true;
  if (task.since_entering_stage) object["since_entering_stage"] = true;
  put_codes(object, "with", task.with);
  return object;
}

}  // namespace

json::object text_json(const LocalText& text) { return {{"ru", text.ru}, {"en", text.en}}; }

json::value value_json(const FieldValue& value) {
  struct Visitor {
    json::value operator()(const std::string& text) const { return json::value(text); }
    json::value operator()(std::int64_t number) const { return number; }
    json::value operator()(bool yes) const { return yes; }
    json::value operator()(const Money& money) const {
      return json::value(fmt::format("{} {}", money.decimal(), money.currency.code()));
    }
    json::value operator()(const Date& date) const { return json::value(date.text()); }
  };
  return std::visit(Visitor{}, value);
}

json::value codes_json(const std::vector<std::string>& codes) {
  if (codes.empty()) return "any";
  if (codes.size() == 1) return json::value(codes.front());
  return json::array(codes.begin(), codes.end());
}

std::string percent_form(std::int32_t basis_points) {
  return fmt::format("{}.{:02} %", basis_points / 100, basis_points % 100);
}

json::value FileForm::asked(const Criterion& criterion) const {
  switch (criterion.kind) {
    case CriterionKind::kTouch:
      return touch_json(criterion.touch);
    case CriterionKind::kTask:
      return task_query_json(criterion.task);
    case CriterionKind::kQuote:
      return json::value(criterion.state);
    case CriterionKind::kInvoice:
      if (criterion.name.empty()) return json::value(criterion.state);
      return json::object{{"kind", criterion.name}, {"state", criterion.state}};
    case CriterionKind::kDocument:
      if (criterion.state.empty()) return json::value(criterion.name);
      return json::object{{"kind", criterion.name}, {"signed", true}};
    case CriterionKind::kField:
    case CriterionKind::kAcknowledgement:
    case CriterionKind::kParticipant:
      return json::value(criterion.name);
    case CriterionKind::kDiscount:
      if (criterion.code == kWithinPolicy) return "within_policy";
      return json::value(percent_form(criterion.basis_points));
    case CriterionKind::kPaidShare:
      if (criterion.basis_points < 0) return "required_prepayment";
      return json::value(percent_form(criterion.basis_points));
    case CriterionKind::kBalanceCleared:
      return "cleared";
    case CriterionKind::kAll:
    case CriterionKind::kAny:
      return criteria(criterion.children);
    case CriterionKind::kNot:
      return this->criterion(criterion.children.front());
  }
  return nullptr;
}

// A code and a message that would be made anyway are left out.
json::object FileForm::criterion(const Criterion& criterion) const {
  json::object object{{std::string(kind_name(criterion.kind)), asked(criterion)}};
  if (criterion.comparison == Comparison::kOneOf) {
    json::array values;
    for (const FieldValue& value : criterion.values) values.push_back(value_json(value));
    object["one_of"] = std::move(values);
  } else if (criterion.comparison != Comparison::kPresent) {
    object[comparison_name(criterion.comparison)] = value_json(criterion.values.front());
  }
  if (criterion.code != criterion_code(criterion) && criterion.code != kWithinPolicy) {
    object["code"] = criterion.code;
  }
  Criterion unnamed = criterion;
  unnamed.message = {};
  const LocalText made{describe_in(unnamed, Language::kRu, regulation_),
                       describe_in(unnamed, Language::kEn, regulation_)};
  if (criterion.message != LocalText{} && criterion.message != made) {
    object["message"] = text_json(criterion.message);
  }
  return object;
}

json::object FileForm::task(const TaskTemplate& task) const {
  json::object object{
      {"kind", task.kind}, {"title", text_json(task.title)}, {"due", time(task.due)}};
  if (task.when) object["when"] = criterion(*task.when);
  return object;
}

json::value FileForm::field_changed(const RuleTrigger& trigger) const {
  if (!trigger.from && !trigger.to) return codes_json(trigger.codes);
  json::object object{{"field", codes_json(trigger.codes)}};
  if (trigger.from) object["from"] = value_json(*trigger.from);
  if (trigger.to) object["to"] = value_json(*trigger.to);
  return object;
}

json::value FileForm::deadline(const RuleTrigger& trigger) const {
  json::object object{{"field", codes_json(trigger.codes)}};
  if (trigger.after.amount.count() > 0) {
    object[trigger.before ? "before" : "after"] = time(trigger.after);
  }
  const auto at = trigger.time_of_day.count();
  object["at"] = fmt::format("{:02}:{:02}", at / 60, at % 60);
  return object;
}

json::value FileForm::overdue(const RuleTrigger& trigger) const {
  if (trigger.after.amount.count() == 0) return codes_json(trigger.codes);
  return json::object{{"kind", codes_json(trigger.codes)}, {"by", time(trigger.after)}};
}

json::object FileForm::trigger(const RuleTrigger& trigger) const {
  const std::string name(trigger_name(trigger.kind));
  switch (trigger.kind) {
    case TriggerKind::kDealOpened:
      return {{"deal", "opened"}};
    case TriggerKind::kDealWon:
      return {{"deal", "won"}};
    case TriggerKind::kDealLost:
      return {{"deal", "lost"}};
    case TriggerKind::kDealReopened:
      return {{"deal", "reopened"}};
    case TriggerKind::kStageEntered:
    case TriggerKind::kStageLeft:
    case TriggerKind::kStageReentered:
    case TriggerKind::kTaskCompleted:
    case TriggerKind::kSignal:
      return {{name, codes_json(trigger.codes)}};
    case TriggerKind::kFieldChanged:
      return {{name, field_changed(trigger)}};
    case TriggerKind::kTouch:
      return {{name, touch_json(trigger.touch)}};
    case TriggerKind::kQuoteExpired:
      return {{name, "expired"}};
    case TriggerKind::kQuote:
    case TriggerKind::kDiscount:
    case TriggerKind::kPayment:
      return {{name, trigger.state}};
    case TriggerKind::kInvoice:
      if (trigger.codes.empty()) return {{name, trigger.state}};
      return {{name, {{"kind", codes_json(trigger.codes)}, {"state", trigger.state}}}};
    case TriggerKind::kNoAnswer:
    case TriggerKind::kNoNextStep:
    case TriggerKind::kQuoteSilent:
      return {{name, time(trigger.after)}};
    case TriggerKind::kTaskOverdue:
    case TriggerKind::kInvoiceOverdue:
      return {{name, overdue(trigger)}};
    case TriggerKind::kDeadline:
      return {{name, deadline(trigger)}};
    case TriggerKind::kSchedule:
      return {{name, {{"cron", trigger.cron.text}, {"zone", trigger.cron.time_zone}}}};
  }
  return {};
}

json::object FileForm::action(const RuleAction& action) const {
  return {{std::string(action_name(action.kind)), done(action)}};
}

namespace {

json::value once_json(const RepeatLimit& once, const FileForm& form) {
  switch (once.per) {
    case RepeatLimit::Per::kTrigger:
      return nullptr;
    case RepeatLimit::Per::kVisit:
      return "visit";
    case RepeatLimit::Per::kDeal:
      return "deal";
    case RepeatLimit::Per::kPeriod:
      return form.time(once.period);
  }
  return nullptr;
}

json::value late_json(const LatePolicy& late, const FileForm& form) {
  if (late.kind == LatePolicy::Kind::kRun) return "run";
  if (late.kind == LatePolicy::Kind::kSkip) return "skip";
  return form.time(late.within);
}

}  // namespace

json::object rule_json(const Rule& rule, const Regulation& regulation) {
  const FileForm form(regulation);
  json::array actions;
  for (const RuleAction& action : rule.actions) actions.push_back(form.action(action));
  return {{"id", rule.id},
          {"title", text_json(rule.title)},
          {"mode", std::string(mode_name(rule.mode))},
          {"trigger", form.trigger(rule.trigger)},
          {"conditions", form.criteria(rule.conditions)},
          {"once", once_json(rule.once, form)},
          {"late", late_json(rule.late, form)},
          {"calendar", rule.time.owners_calendar ? "owner" : "company"},
          {"pause", rule.time.stops_in_absence ? "owner_absent" : "never"},
          {"actions", std::move(actions)}};
}

}  // namespace dealog::rules
