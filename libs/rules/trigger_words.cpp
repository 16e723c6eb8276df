// What starts a rule, in words.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/rules/rule_words.hpp"

namespace dealog::rules {

// "the stage "Meeting"", "the stages "A" or "B"", "any stage".
std::string RuleWords::stages(const std::vector<std::string>& codes) const {
  if (codes.empty()) return std::string(pick("любой этап", "any stage"));
  std::vector<std::string> names;
  for (const std::string& code : codes) names.push_back(stage_name(code, language_, naming()));
  return fmt::format(
      "{} {}",
      codes.size() == 1 ? pick("этап", "the stage") : pick("один из этапов:", "one of the stages"),
      fmt::join(names, pick(" или ", " or ")));
}

std::string RuleWords::touch(const TouchQuery& touch) const {
  std::string out{pick("записано касание", "a touch is recorded")};
  const auto add = [&](const std::vector<std::string>& codes, std::span<const Word> words,
                       std::string_view before) {
    if (!codes.empty()) out += fmt::format("{}{}", before, words_or(words, codes, language_));
  };
  add(touch.kinds, touch_kinds(), ": ");
  add(touch.directions, touch_directions(), ", ");
  add(touch.outcomes, touch_outcomes(), ", ");
  if (touch.answers_customer) out += pick(", клиенту ответили", ", the customer is answered");
  return out;
}

std::string RuleWords::changed(const RuleTrigger& trigger) const {
  if (trigger.codes.empty()) {
    return std::string(pick("изменилось любое поле (на каждое поле — отдельно)",
                            "any field changes (once for each field)"));
  }
  const std::string& field = trigger.codes.front();
  const std::string name = field_name(field, language_, naming());
  std::string out = language_ == Language::kRu ? "изменилось: " + name : name + " changes";
  const auto value = [&](std::string_view before, const std::optional<FieldValue>& value) {
    if (!value) return;
    out += fmt::format("{} {}", before, value_text(*value, field, language_, naming()));
  };
  value(pick(", было", " from"), trigger.from);
  value(pick(", стало", " to"), trigger.to);
  return out;
}

std::string RuleWords::deadline(const RuleTrigger& trigger) const {
  const std::string field =
      trigger.codes.empty() ? "" : field_name(trigger.codes.front(), language_, naming());
  std::string out = fmt::format("{} {}", pick("наступает", "it is the day of"), field);
  if (trigger.after.amount.count() > 0) {
    out = language_ == Language::kRu
              ? fmt::format("{} {} {} «{}»", trigger.before ? "за" : "через", time(trigger.after),
                            trigger.before ? "до дня" : "после дня", field)
              : fmt::format("it is {} {} {}", time(trigger.after),
                            trigger.before ? "before" : "after", field);
  }
  const auto at = trigger.time_of_day.count();
  if (at > 0) out += fmt::format(", {} {:02}:{:02}", pick("в", "at"), at / 60, at % 60);
  return out;
}

std::string RuleWords::trigger(const RuleTrigger& trigger) const {
  switch (trigger.kind) {
    case TriggerKind::kStageEntered:
      return fmt::format("{} {}", pick("сделка входит в", "the deal enters"),
                         stages(trigger.codes));
    case TriggerKind::kStageLeft:
      return fmt::format("{} {}", pick("сделка покидает", "the deal leaves"),
                         stages(trigger.codes));
    case TriggerKind::kStageReentered:
      return fmt::format("{} {}{}", pick("сделка снова входит в", "the deal enters"),
                         stages(trigger.codes), pick("", " again"));
    case TriggerKind::kFieldChanged:
      return changed(trigger);
    case TriggerKind::kDiscount:
      return std::string(
          pick("скидка в КП больше разрешённой", "a quote's discount is over the policy"));
    case TriggerKind::kDeadline:
      return deadline(trigger);
    case TriggerKind::kSchedule:
      return fmt::format("{} {} ({}), {}",
                         pick("подошло время по расписанию", "the schedule comes"),
                         in_quotes(trigger.cron.text, language_), trigger.cron.time_zone,
                         pick("по каждой открытой сделке", "for each open deal"));
    case TriggerKind::kDealOpened:
      return std::string(pick("сделка открыта", "the deal is opened"));
    case TriggerKind::kDealWon:
      return std::string(pick("сделка выиграна", "the deal is won"));
    case TriggerKind::kDealLost:
      return std::string(pick("сделка проиграна", "the deal is lost"));
    case TriggerKind::kDealReopened:
      return std::string(pick("сделка открыта снова", "the deal is reopened"));
    case TriggerKind::kTouch:
      return touch(trigger.touch);
    case TriggerKind::kTaskCompleted:
      return fmt::format("{}: {}", pick("выполнена задача", "a task is done"),
                         kinds(trigger.codes, task_kinds()));
    case TriggerKind::kQuoteExpired:
      return word(quote_changes(), "expired");
    case TriggerKind::kQuote:
      return word(quote_changes(), trigger.state);
    case TriggerKind::kInvoice:
      return trigger.codes.empty() ? fmt::format("{} {}", pick("любой счёт", "any invoice"),
                                                 word(invoice_changes(), trigger.state))
                                   : fmt::format("{} {}", kinds(trigger.codes, invoice_kinds()),
                                                 word(invoice_changes(), trigger.state));
    case TriggerKind::kPayment:
      return word(payment_changes(), trigger.state);
    case TriggerKind::kSignal:
      return fmt::format("{} {}", pick("пришёл сигнал", "the signal comes:"),
                         fmt::join(trigger.codes, pick(" или ", " or ")));
    case TriggerKind::kNoAnswer:
      return std::string(pick("клиенту не ответили", "the customer is not answered")) +
             after(trigger.after);
    case TriggerKind::kNoNextStep:
      return std::string(pick("нет следующего шага", "there is no next step")) +
             after(trigger.after);
    case TriggerKind::kTaskOverdue:
      return fmt::format("{} ({}){}", pick("просрочена задача", "a task is overdue"),
                         kinds(trigger.codes, task_kinds()), after(trigger.after));
    case TriggerKind::kQuoteSilent:
      return std::string(pick("по КП нет ответа", "nothing was heard about the quote")) +
             after(trigger.after);
    case TriggerKind::kInvoiceOverdue:
      return fmt::format("{} ({}){}", pick("просрочен счёт", "an invoice is overdue"),
                         trigger.codes.empty() ? std::string(pick("любой", "any"))
                                               : kinds(trigger.codes, invoice_kinds()),
                         after(trigger.after));
  }
  return {};
}

}  // namespace dealog::rules
