// Rules as sentences, for lists of rules and for the answer to "why".
#include <span>

#include <fmt/format.h>

#include "libs/rules/rule.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

class Words {
 public:
  explicit Words(Language language) : language_(language) {}

  std::string_view pick(std::string_view ru, std::string_view en) const {
    return language_ == Language::kRu ? ru : en;
  }
  std::string word(std::span<const Word> words, std::string_view code) const {
    const Word* found = find_word(words, code);
    return std::string(found ? pick(found->ru, found->en) : code);
  }
  // "a, b", or "any".
  std::string list(const std::vector<std::string>& codes, std::span<const Word> words = {}) const {
    if (codes.empty()) return std::string(pick("любой", "any"));
    std::string out;
    for (const std::string& code : codes) {
      out += fmt::format("{}{}", out.empty() ? "" : ", ", word(words, code));
    }
    return out;
  }
  // Roles and users, or those of the deal.
  std::string people(const std::vector<std::string>& codes) const {
    std::string out;
    for (const std::string& code : codes) {
      std::string who = word(user_roles(), code);
      if (code == "customer") who = pick("клиенту", "the customer");
      if (code == "participants") who = pick("всем участникам", "everybody who takes part");
      if (code == "deal_owner") who = pick("ответственному", "the deal's owner");
      out += fmt::format("{}{}", out.empty() ? "" : ", ", who);
    }
    return out;
  }
  std::string time(const TimeLimit& limit) const {
    const auto minutes = limit.amount.count();
    const std::string_view kind = limit.business ? pick("рабочих ", "business ") : "";
    if (minutes % 60 != 0) return fmt::format("{} {}{}", minutes, kind, pick("мин", "min"));
    return fmt::format("{} {}{}", minutes / 60, kind, pick("ч", "h"));
  }
  std::string after(const TimeLimit& limit) const {
    if (limit.amount.count() == 0) return {};
    return fmt::format(" ({} {})", pick("спустя", "for"), time(limit));
  }

 private:
  Language language_;
};

std::string touch_words(const TouchQuery& touch, const Words& w) {
  std::string out{w.pick("записано касание", "a touch is recorded")};
  if (!touch.kinds.empty()) out += ": " + w.list(touch.kinds, touch_kinds());
  if (!touch.directions.empty()) out += ", " + w.list(touch.directions, touch_directions());
  if (!touch.outcomes.empty()) out += ", " + w.list(touch.outcomes, touch_outcomes());
  if (touch.answers_customer) out += w.pick(", клиенту ответили", ", the customer is answered");
  return out;
}

std::string field_words(const std::string& path, const Words& w) {
  const FieldWord* field = find_field(path);
  return std::string(field ? w.pick(field->ru, field->en) : std::string_view(path));
}

std::string value_words(const FieldValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  if (const auto* money = std::get_if<Money>(&value)) {
    return fmt::format("{} {}", money->decimal(), money->currency.code());
  }
  if (const auto* date = std::get_if<Date>(&value)) return date->text();
  if (const auto* yes = std::get_if<bool>(&value)) return *yes ? "true" : "false";
  return fmt::format("{}", std::get<std::int64_t>(value));
}

std::string changed_words(const RuleTrigger& trigger, const Words& w) {
  std::string out{w.pick("изменилось поле", "a field changes")};
  if (trigger.codes.empty()) return out.append(w.pick(" (любое)", " (any)"));
  out += ": " + field_words(trigger.codes.front(), w);
  if (trigger.from)
    out += fmt::format(", {} {}", w.pick("было", "from"), value_words(*trigger.from));
  if (trigger.to) out += fmt::format(", {} {}", w.pick("стало", "to"), value_words(*trigger.to));
  return out;
}

std::string deadline_words(const RuleTrigger& trigger, const Words& w) {
  const std::string field = trigger.codes.empty() ? "" : field_words(trigger.codes.front(), w);
  std::string out{w.pick("наступил день", "the day comes")};
  if (trigger.after.amount.count() > 0 && trigger.before) {
    out = fmt::format("{} {} {}", w.pick("до дня осталось", "it is"), w.time(trigger.after),
                      w.pick("", "before the day"));
  } else if (trigger.after.amount.count() > 0) {
    out = fmt::format("{} {} {}", w.pick("после дня прошло", "it is"), w.time(trigger.after),
                      w.pick("", "after the day"));
  }
  while (out.ends_with(' ')) out.pop_back();
  out += ": " + field;
  const auto at = trigger.time_of_day.count();
  if (at > 0) out += fmt::format(" ({:02}:{:02})", at / 60, at % 60);
  return out;
}

std::string trigger_words(const RuleTrigger& trigger, const Words& w) {
  switch (trigger.kind) {
    case TriggerKind::kStageEntered:
      return fmt::format("{}: {}", w.pick("сделка вошла в этап", "the deal enters the stage"),
                         w.list(trigger.codes));
    case TriggerKind::kStageLeft:
      return fmt::format("{}: {}", w.pick("сделка вышла из этапа", "the deal leaves the stage"),
                         w.list(trigger.codes));
    case TriggerKind::kStageReentered:
      return fmt::format("{}: {}",
                         w.pick("сделка снова вошла в этап", "the deal enters the stage again"),
                         w.list(trigger.codes));
    case TriggerKind::kFieldChanged:
      return changed_words(trigger, w);
    case TriggerKind::kDiscount:
      return std::string(
          w.pick("скидка в КП больше разрешённой", "a quote's discount is over the policy"));
    case TriggerKind::kDeadline:
      return deadline_words(trigger, w);
    case TriggerKind::kSchedule:
      return fmt::format("{} «{}» ({})",
                         w.pick("подошло время по расписанию", "the schedule comes"),
                         trigger.cron.text, trigger.cron.time_zone);
    case TriggerKind::kDealOpened:
      return std::string(w.pick("сделка открыта", "the deal is opened"));
    case TriggerKind::kDealWon:
      return std::string(w.pick("сделка выиграна", "the deal is won"));
    case TriggerKind::kDealLost:
      return std::string(w.pick("сделка проиграна", "the deal is lost"));
    case TriggerKind::kDealReopened:
      return std::string(w.pick("сделка открыта снова", "the deal is reopened"));
    case TriggerKind::kTouch:
      return touch_words(trigger.touch, w);
    case TriggerKind::kTaskCompleted:
      return fmt::format("{}: {}", w.pick("выполнена задача", "a task is done"),
                         w.list(trigger.codes, task_kinds()));
    case TriggerKind::kQuote:
      return w.word(quote_changes(), trigger.state);
    case TriggerKind::kInvoice:
      return fmt::format("{} ({}) {}", w.pick("счёт", "an invoice"),
                         w.list(trigger.codes, invoice_kinds()),
                         w.word(invoice_changes(), trigger.state));
    case TriggerKind::kPayment:
      return std::string(w.pick("пришли деньги", "money is received"));
    case TriggerKind::kNoAnswer:
      return std::string(w.pick("клиенту не ответили", "the customer is not answered")) +
             w.after(trigger.after);
    case TriggerKind::kNoNextStep:
      return std::string(w.pick("нет следующего шага", "there is no next step")) +
             w.after(trigger.after);
    case TriggerKind::kTaskOverdue:
      return fmt::format("{}: {}{}", w.pick("просрочена задача", "a task is overdue"),
                         w.list(trigger.codes, task_kinds()), w.after(trigger.after));
    case TriggerKind::kQuoteSilent:
      return std::string(w.pick("по КП нет ответа", "nothing was heard about the quote")) +
             w.after(trigger.after);
    case TriggerKind::kInvoiceOverdue:
      return fmt::format("{}: {}{}", w.pick("просрочен счёт", "an invoice is overdue"),
                         w.list(trigger.codes, invoice_kinds()), w.after(trigger.after));
  }
  return {};
}

std::string action_words(const RuleAction& action, Language language) {
  const Words w(language);
  switch (action.kind) {
    case ActionKind::kCreateTask:
      return fmt::format("{} «{}»", w.pick("поставить задачу", "plan the task"),
                         action.task.title.in(language));
    case ActionKind::kCompleteTasks:
      return fmt::format("{}: {}", w.pick("закрыть задачи", "complete the tasks"),
                         w.list(action.codes, task_kinds()));
    case ActionKind::kRescheduleTask:
      return fmt::format("{} ({}): {}",
                         w.pick("перенести задачи, срок через", "move the tasks, due in"),
                         w.time(action.task.due), w.list(action.codes, task_kinds()));
    case ActionKind::kAddParticipant:
      return fmt::format("{}: {}", w.pick("добавить участника", "add a participant"),
                         w.word(participant_roles(), action.code));
    case ActionKind::kRequestApproval:
      return std::string(w.pick("попросить согласовать скидку", "ask for the discount's approval"));
    case ActionKind::kStartPipeline:
      return fmt::format(
          "{}: {}", w.pick("открыть сделку в воронке", "open a deal in the pipeline"), action.code);
    case ActionKind::kMoveTo:
      return fmt::format("{}: {}", w.pick("перевести на этап", "move to the stage"), action.code);
    case ActionKind::kSetField:
      return fmt::format("{}: {}", w.pick("заполнить поле", "fill in the field"), action.code);
    case ActionKind::kAssign:
      return fmt::format("{} ({}): {}", w.pick("назначить ответственного", "assign an owner"),
                         action.by == AssignBy::kFixed ? w.pick("кого", "whom")
                         : action.by == AssignBy::kRoundRobin
                             ? w.pick("по очереди", "in turn")
                             : w.pick("наименее занятого", "the least busy"),
                         w.list(action.codes, user_roles()));
    case ActionKind::kLose:
      return fmt::format("{}: {}", w.pick("проиграть с причиной", "lose with the reason"),
                         action.code);
    case ActionKind::kNotify:
      return fmt::format("{} ({}): «{}»", w.pick("сообщить", "tell"), w.people(action.codes),
                         action.text.in(language));
    case ActionKind::kSendMail:
      return fmt::format("{} ({}): «{}»", w.pick("отправить письмо", "send a mail"),
                         w.people(action.codes), action.subject.in(language));
    case ActionKind::kSendMessage:
      return fmt::format("{} ({}): «{}»", w.pick("написать в Telegram", "write in Telegram"),
                         w.people(action.codes), action.text.in(language));
    case ActionKind::kSendQuote:
      return std::string(w.pick("отправить клиенту КП", "send the quote to the customer"));
    case ActionKind::kSendInvoice:
      return std::string(w.pick("отправить клиенту счёт", "send the invoice to the customer"));
    case ActionKind::kCallWebhook:
      return fmt::format("{}: {}", w.pick("вызвать вебхук", "call the webhook"), action.code);
    case ActionKind::kWait:
      return fmt::format("{} {}", w.pick("подождать", "wait"), w.time(action.wait));
  }
  return {};
}

}  // namespace

std::string describe_rule(const Rule& rule, Language language) {
  const Words w(language);
  std::string out = fmt::format("{} {}", w.pick("Когда", "When"), trigger_words(rule.trigger, w));
  if (!rule.conditions.empty()) {
    out += w.pick("; только если выполнено:", "; only if this is so:");
    for (std::size_t i = 0; i < rule.conditions.size(); ++i) {
      out += fmt::format("{} {}", i == 0 ? "" : ";", describe(rule.conditions[i], language));
    }
  }
  if (rule.time.owners_calendar) {
    out += w.pick("; рабочее время — по календарю ответственного",
                  "; business time is that of the deal's owner");
  }
  if (rule.time.stops_in_absence) {
    out += w.pick("; пока ответственный отсутствует, время стоит",
                  "; time stands still while the deal's owner is away");
  }
  out += " — ";
  for (std::size_t i = 0; i < rule.actions.size(); ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : "; ", action_words(rule.actions[i], language));
  }
  return out + ".";
}

}  // namespace dealog::rules
