// Whether what starts rules can happen: stages, kinds, states and fields that triggers name.
#include "libs/rules/criterion_parser.hpp"
#include "libs/rules/rule_check.hpp"
#include "libs/rules/value_check.hpp"

namespace dealog::rules {
namespace {

constexpr std::string_view kOpenFields[] = {"amount", "work_type", "source",
                                            "owner",  "company",   "expected_close_date"};

}  // namespace

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
      return known(codes_of(payment_changes()), "change of a payment", trigger.state, path);
    case TriggerKind::kDiscount:
      return known({"over_policy"}, "discount", trigger.state, path);
    case TriggerKind::kFieldChanged:
      return field_changed(trigger, path);
    case TriggerKind::kDeadline:
      return deadline(trigger, path);
    case TriggerKind::kSignal:
    case TriggerKind::kQuoteExpired:
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

}  // namespace dealog::rules
