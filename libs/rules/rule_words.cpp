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

std::string trigger_words(const RuleTrigger& trigger, const Words& w) {
  switch (trigger.kind) {
    case TriggerKind::kStageEntered:
      return fmt::format("{}: {}", w.pick("сделка вошла в этап", "the deal enters the stage"),
                         w.list(trigger.codes));
    case TriggerKind::kStageLeft:
      return fmt::format("{}: {}", w.pick("сделка вышла из этапа", "the deal leaves the stage"),
                         w.list(trigger.codes));
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
      return fmt::format("{} ({}): «{}»", w.pick("сообщить", "tell"),
                         w.list(action.codes, user_roles()), action.text.in(language));
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
  out += " — ";
  for (std::size_t i = 0; i < rule.actions.size(); ++i) {
    out += fmt::format("{}{}", i == 0 ? "" : "; ", action_words(rule.actions[i], language));
  }
  return out + ".";
}

}  // namespace dealog::rules
