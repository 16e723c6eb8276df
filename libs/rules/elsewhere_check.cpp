// Whether the people, pipelines and addresses that a regulation names are there.
#include <fmt/format.h>

#include "libs/base/id.hpp"
#include "libs/rules/soundness.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

std::string_view kind_words(Kept kind) {
  switch (kind) {
    case Kept::kPipeline:
      return "no pipeline";
    case Kept::kEndpoint:
      return "no webhook endpoint";
    case Kept::kUser:
      return "nobody who works here";
    case Kept::kPerson:
      return "no person";
    case Kept::kCompany:
      return "no company";
  }
  return "nothing";
}

std::string_view hint(Kept kind) {
  switch (kind) {
    case Kept::kPipeline:
      return "; publish it first, with PUT /v1/pipelines/{code}";
    case Kept::kEndpoint:
      return "; POST /v1/webhook-endpoints makes one";
    case Kept::kUser:
      return "; GET /v1/users lists them, or name a role";
    case Kept::kPerson:
      return "; GET /v1/people finds them";
    case Kept::kCompany:
      return "; GET /v1/companies finds them";
  }
  return {};
}

std::optional<Kept> kept_by(std::string_view field) {
  if (field == "owner") return Kept::kUser;
  if (field == "person") return Kept::kPerson;
  if (field == "company") return Kept::kCompany;
  return std::nullopt;
}

class ElsewhereCheck {
 public:
  ElsewhereCheck(const Elsewhere& elsewhere, SoundnessIssues& issues)
      : elsewhere_(elsewhere), issues_(issues) {}

  void rule(const Rule& rule, const std::string& path) {
    values(rule.trigger, path + ".trigger.field_changed");
    criteria(rule.conditions, path + ".conditions");
    for (std::size_t i = 0; i < rule.actions.size(); ++i) {
      action(rule.actions[i], fmt::format("{}.actions[{}]", path, i));
    }
  }
  void criteria(const std::vector<Criterion>& all, const std::string& path) {
    for (std::size_t i = 0; i < all.size(); ++i) criterion(all[i], fmt::format("{}[{}]", path, i));
  }
  void task(const TaskTemplate& task, const std::string& path) {
    if (task.when) criterion(*task.when, path + ".when");
  }

 private:
  void there(Kept kind, const std::string& code, const std::string& path) {
    if (code.empty() || issues_.is_full()) return;  // not read
    if (elsewhere_.has(kind, code)) return;
    const auto all = elsewhere_.all(kind);
    const std::vector<std::string_view> codes(all.begin(), all.end());
    issues_.error(path,
                  fmt::format("there is {} '{}'{}", kind_words(kind), code,
                              codes.empty() ? std::string(hint(kind)) : suggestion(code, codes)));
  }
  void value(std::string_view field, const FieldValue& value, const std::string& path) {
    const auto kind = kept_by(field);
    const auto* id = std::get_if<std::string>(&value);
    if (kind && id != nullptr) there(*kind, *id, path);
  }
  void values(const RuleTrigger& trigger, const std::string& path) {
    if (trigger.kind != TriggerKind::kFieldChanged || trigger.codes.empty()) return;
    const std::string& field = trigger.codes.front();
    // Who owned a deal may have left; who is to own it has not.
    if (trigger.to) value(field, *trigger.to, path + ".to");
  }
  void criterion(const Criterion& criterion, const std::string& path) {
    for (const FieldValue& one : criterion.values) value(criterion.name, one, path);
    const std::string under = fmt::format("{}.{}", path, kind_name(criterion.kind));
    for (std::size_t i = 0; i < criterion.children.size(); ++i) {
      const bool only = criterion.kind == CriterionKind::kNot;
      this->criterion(criterion.children[i], only ? under : fmt::format("{}[{}]", under, i));
    }
  }
  void users(const RuleAction& action, const std::string& path) {
    for (const std::string& who : action.codes) {
      if (UserId::parse(who)) there(Kept::kUser, who, path);
    }
  }
  void action(const RuleAction& action, const std::string& base) {
    const std::string path = fmt::format("{}.{}", base, action_name(action.kind));
    switch (action.kind) {
      case ActionKind::kCreateTask:
        return task(action.task, path);
      case ActionKind::kAssign:
        return users(action, fmt::format("{}.{}", path, assign_name(action.by)));
      case ActionKind::kNotify:
      case ActionKind::kSendMail:
      case ActionKind::kSendMessage:
      case ActionKind::kSendInvitation:
        return users(action, path + ".to");
      case ActionKind::kAddParticipant:
        if (PersonId::parse(action.person)) there(Kept::kPerson, action.person, path + ".person");
        return;
      case ActionKind::kStartPipeline:
        return there(Kept::kPipeline, action.code, path);
      case ActionKind::kCallWebhook:
        return there(Kept::kEndpoint, action.code, path);
      case ActionKind::kCompleteTasks:
      case ActionKind::kRescheduleTask:
      case ActionKind::kMoveTo:
      case ActionKind::kSetField:
      case ActionKind::kRequestApproval:
      case ActionKind::kDraftQuote:
      case ActionKind::kIssueInvoice:
      case ActionKind::kLose:
      case ActionKind::kSendQuote:
      case ActionKind::kSendInvoice:
      case ActionKind::kWait:
        return;
    }
  }

  const Elsewhere& elsewhere_;
  SoundnessIssues& issues_;
};

void check_stages(const Regulation& regulation, ElsewhereCheck& check) {
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    const Stage& stage = regulation.stages[i];
    const std::string path = fmt::format("stages[{}]", i);
    check.criteria(stage.entry, path + ".entry");
    check.criteria(stage.exit, path + ".exit");
    check.criteria(stage.wins_when, path + ".wins_when");
    for (std::size_t task = 0; task < stage.on_entering.size(); ++task) {
      check.task(stage.on_entering[task], fmt::format("{}.on_entering[{}]", path, task));
    }
  }
  if (regulation.follow_up) check.task(*regulation.follow_up, "follow_up");
}

}  // namespace

void check_elsewhere(const Regulation& regulation, const Elsewhere& elsewhere,
                     std::string_view only_rule, SoundnessIssues& issues) {
  ElsewhereCheck check(elsewhere, issues);
  if (only_rule.empty()) check_stages(regulation, check);
  for (std::size_t i = 0; i < regulation.rules.size(); ++i) {
    const Rule& rule = regulation.rules[i];
    if (!only_rule.empty() && rule.id != only_rule) continue;
    check.rule(rule, fmt::format("rules[{}]", i));
  }
}

}  // namespace dealog::rules
