// Rules as sentences, for lists of rules and for the answer to "why".
#include "libs/rules/rule_words.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libs/base/id.hpp"
#include "libs/rules/describe.hpp"
#include "libs/rules/participants.hpp"

namespace dealog::rules {

std::string RuleWords::kinds(const std::vector<std::string>& codes,
                             std::span<const Word> words) const {
  if (codes.empty()) return std::string(pick("любая", "any"));
  return words_or(words, codes, language_);
}

// Roles and users, or those of the deal.
std::string RuleWords::people(const std::vector<std::string>& codes) const {
  std::vector<std::string> names;
  for (const std::string& code : codes) {
    if (UserId::parse(code)) {
      names.push_back(name_elsewhere(Kept::kUser, code, language_, naming()));
    } else if (code == "customer") {
      names.emplace_back(pick("клиент", "the customer"));
    } else if (code == "participants") {
      names.emplace_back(pick("все участники", "everybody who takes part"));
    } else if (is_team(code)) {
      names.push_back(
          fmt::format("{} {}", pick("команда", "the team"),
                      in_quotes(std::string_view(code).substr(kTeam.size()), language_)));
    } else if (code == "deal_owner") {
      names.emplace_back(pick("ответственный", "the deal's owner"));
    } else {
      names.push_back(word(user_roles(), code));
    }
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string RuleWords::task(const TaskTemplate& task) const {
  std::string out = fmt::format("{} {} ({} {})", pick("поставить задачу", "plan the task"),
                                quoted(task.title), pick("срок через", "due in"), time(task.due));
  if (task.when) {
    out += fmt::format("{} {}", pick(", если", " if"),
                       describe_fact(*task.when, language_, regulation_, elsewhere_));
  }
  return out;
}

std::string RuleWords::skill(const RuleAction& action) const {
  if (action.skill.empty()) return {};
  const bool of_deal = action.skill == "work_type" || action.skill == "source";
  if (!of_deal) return fmt::format(" {} {}", pick("с навыком", "with the skill"), action.skill);
  return fmt::format(" {} {}", pick("с навыком по полю:", "with the skill named by"),
                     field_name(action.skill, language_, naming()));
}

std::string RuleWords::assign(const RuleAction& action) const {
  if (action.by == AssignBy::kFixed) {
    return fmt::format("{}: {}", pick("назначить ответственного", "make the owner"),
                       people(action.codes));
  }
  const bool in_turn = action.by == AssignBy::kRoundRobin;
  return fmt::format("{} {}: {}", pick("назначить ответственного", "assign an owner"),
                     in_turn ? pick("по очереди", "in turn")
                             : pick("наименее занятого", "who has the fewest open deals"),
                     people(action.codes)) +
         skill(action);
}

std::string RuleWords::participant(const RuleAction& action) const {
  std::string who;
  if (action.person == kPersonOfTouch) {
    who = pick("с кем было касание", "whom the touch was with");
  } else if (action.person == kDecisionMap) {
    who = pick("кого так называет карта решений компании",
               "whom the company's decision map names so");
  } else {
    who = name_elsewhere(Kept::kPerson, action.person, language_, naming());
  }
  return fmt::format("{}: {} ({})", pick("добавить участника", "add a participant"), who,
                     word(participant_roles(), action.code));
}

// What is offered, by titles and codes of products.
std::string RuleWords::draft(const RuleAction& action) const {
  std::vector<std::string> lines;
  for (const QuoteLine& line : action.lines) {
    lines.push_back(line.title == LocalText{} ? in_quotes(line.product, language_)
                                              : quoted(line.title));
  }
  std::string out = fmt::format("{} {}", pick("подготовить черновик КП:", "draft a quote:"),
                                fmt::join(lines, ", "));
  if (action.wait.amount.count() > 0) {
    out += fmt::format(" ({} {})", pick("действует", "valid for"), time(action.wait));
  }
  return out;
}

std::string RuleWords::invoice(const RuleAction& action) const {
  std::string out =
      fmt::format("{} {}", pick("выставить", "issue the"), word(invoice_kinds(), action.code));
  if (action.share_basis_points >= 0) {
    out += fmt::format(" ({} {})", percent_text(action.share_basis_points, language_),
                       pick("суммы сделки", "of the agreed amount"));
  }
  return out;
}

std::string RuleWords::pause(const RuleAction& action) const {
  if (!action.until) return fmt::format("{} {}", pick("подождать", "wait"), time(action.wait));
  return fmt::format("{} {}, {} {}{}", pick("подождать, пока", "wait until"),
                     trigger(*action.until), pick("но не дольше", "at most"), time(action.wait),
                     action.stops ? pick(" (не дождавшись — закончить)", " (else stop)") : "");
}

std::string RuleWords::action(const RuleAction& action) const {
  switch (action.kind) {
    case ActionKind::kCreateTask:
      return task(action.task);
    case ActionKind::kCompleteTasks:
      return fmt::format("{}: {}", pick("закрыть открытые задачи", "complete the open tasks"),
                         kinds(action.codes, task_kinds()));
    case ActionKind::kRescheduleTask:
      return fmt::format(
          "{}: {}, {} {}", pick("перенести открытые задачи", "put off the open tasks"),
          kinds(action.codes, task_kinds()), pick("срок через", "due in"), time(action.task.due));
    case ActionKind::kAddParticipant:
      return participant(action);
    case ActionKind::kRequestApproval:
      return std::string(pick("попросить согласовать скидку", "ask for the discount's approval"));
    case ActionKind::kDraftQuote:
      return draft(action);
    case ActionKind::kIssueInvoice:
      return invoice(action);
    case ActionKind::kSendInvitation:
      return sent(pick("отправить приглашение на встречу", "send an invitation to the meeting"),
                  action, action.subject);
    case ActionKind::kStartPipeline:
      return fmt::format(
          "{} {}", pick("открыть сделку в воронке", "open a deal in the pipeline"),
          in_quotes(name_elsewhere(Kept::kPipeline, action.code, language_, naming()), language_));
    case ActionKind::kMoveTo:
      return fmt::format("{} {}", pick("перевести на этап", "move to the stage"),
                         stage_name(action.code, language_, naming()));
    case ActionKind::kSetField:
      return fmt::format(
          "{} {} {} {}", pick("заполнить:", "set"), field_name(action.code, language_, naming()),
          pick("=", "to"),
          action.value ? value_text(*action.value, action.code, language_, naming()) : "");
    case ActionKind::kAssign:
      return assign(action);
    case ActionKind::kLose:
      return fmt::format("{} {}", pick("проиграть с причиной", "lose with the reason"),
                         reason_name(action.code, language_, naming()));
    case ActionKind::kNotify:
      return sent(pick("сообщить", "tell"), action, action.text);
    case ActionKind::kSendMail:
      return sent(pick("отправить письмо", "send a mail"), action, action.subject);
    case ActionKind::kSendMessage:
      return sent(pick("написать в Telegram", "write in Telegram"), action, action.text);
    case ActionKind::kSendQuote:
      return std::string(pick("отправить клиенту КП", "send the quote to the customer"));
    case ActionKind::kSendInvoice:
      return std::string(pick("отправить клиенту счёт", "send the invoice to the customer"));
    case ActionKind::kCallWebhook:
      return fmt::format(
          "{} {}", pick("вызвать вебхук", "call the webhook"),
          in_quotes(name_elsewhere(Kept::kEndpoint, action.code, language_, naming()), language_));
    case ActionKind::kWait:
      return pause(action);
  }
  return {};
}

std::string RuleWords::conditions(const std::vector<Criterion>& conditions) const {
  std::vector<std::string> facts;
  for (const Criterion& one : conditions) {
    facts.push_back(describe_fact(one, language_, regulation_, elsewhere_));
  }
  if (facts.empty()) return {};
  return fmt::format("{} {}", pick(", если", ", if"), fmt::join(facts, pick(" и ", " and ")));
}

// How often, in whose time, and what of what is looked at too late.
std::string RuleWords::limits(const Rule& rule) const {
  std::string out;
  switch (rule.once.per) {
    case RepeatLimit::Per::kTrigger:
      break;
    case RepeatLimit::Per::kVisit:
      out += pick(" Не чаще раза за пребывание на этапе.", " At most once a visit to the stage.");
      break;
    case RepeatLimit::Per::kDeal:
      out += pick(" Не чаще раза на сделку.", " At most once a deal.");
      break;
    case RepeatLimit::Per::kPeriod:
      out += fmt::format(" {} {}.", pick("По сделке не чаще раза в", "At most once a deal within"),
                         time(rule.once.period));
      break;
  }
  if (rule.time.owners_calendar) {
    out += pick(" Рабочее время — по календарю ответственного.",
                " Business time is that of the deal's owner.");
  }
  if (rule.time.stops_in_absence) {
    out += pick(" Пока ответственный отсутствует, время стоит.",
                " Time stands still while the deal's owner is away.");
  }
  const bool timed =
      is_timer(rule.trigger.kind) ||
      std::ranges::find(rule.actions, ActionKind::kWait, &RuleAction::kind) != rule.actions.end();
  if (!timed || rule.late.kind == LatePolicy::Kind::kRun) return out;
  if (rule.late.kind == LatePolicy::Kind::kSkip) {
    return out.append(pick(" С опозданием не выполняется.", " Not done when it is late."));
  }
  return out + fmt::format(
                   " {} {}.",
                   pick("С опозданием — не больше чем на", "When it is late, then by no more than"),
                   time(rule.late.within));
}

std::string describe_rule(const Rule& rule, Language language, const Regulation& regulation,
                          const Elsewhere* elsewhere) {
  const RuleWords words(language, regulation, elsewhere);
  std::vector<std::string> actions;
  for (const RuleAction& action : rule.actions) actions.push_back(words.action(action));
  return fmt::format("{} {}{} — {}.{}", pick(language, "Когда", "When"),
                     words.trigger(rule.trigger), words.conditions(rule.conditions),
                     fmt::join(actions, "; "), words.limits(rule));
}

}  // namespace dealog::rules
