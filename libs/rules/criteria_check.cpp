// Whether criteria ask what can be answered: known fields, vocabularies, types, codes.
#include <algorithm>
#include <map>
#include <span>

#include <fmt/format.h>

#include "libs/rules/soundness.hpp"
#include "libs/rules/value_check.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

class CriteriaCheck {
 public:
  CriteriaCheck(const Regulation& regulation, SoundnessIssues& issues)
      : regulation_(regulation), issues_(issues) {}

  void list(const std::vector<Criterion>& criteria, const std::string& path);
  void one(const Criterion& criterion, const std::string& path);

 private:
  void code(const Criterion& criterion, const std::string& path);
  void field(const Criterion& criterion, const std::string& path);
  void comparison(const Criterion& criterion, FieldType type, const std::string& path);
  void touch(const TouchQuery& query, const std::string& path);
  void task(const TaskQuery& query, const std::string& path);
  void word(std::span<const Word> words, std::string_view what, std::string_view code,
            const std::string& path);
  void words(std::span<const Word> known, std::string_view what,
             const std::vector<std::string>& codes, const std::string& path);
  void custom_field(std::string_view code, const std::string& path);

  const Regulation& regulation_;
  SoundnessIssues& issues_;
  std::map<std::string_view, const Criterion*> by_code_;
};

void CriteriaCheck::list(const std::vector<Criterion>& criteria, const std::string& path) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < criteria.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", path, i);
    one(criteria[i], here);
    if (criteria[i].code.empty()) continue;
    if (const auto [first, added] = seen.try_emplace(criteria[i].code, i); !added) {
      issues_.error(here, fmt::format("the code '{}' is the same as of {}[{}]; give one of the two "
                                      "another `code`",
                                      criteria[i].code, path, first->second));
    }
  }
}

void CriteriaCheck::one(const Criterion& criterion, const std::string& path) {
  if (criterion.code.empty() || issues_.is_full()) return;  // not read
  code(criterion, path);
  const std::string here = fmt::format("{}.{}", path, kind_name(criterion.kind));
  switch (criterion.kind) {
    case CriterionKind::kField:
      return field(criterion, here);
    case CriterionKind::kTouch:
      return touch(criterion.touch, here);
    case CriterionKind::kTask:
      return task(criterion.task, here);
    case CriterionKind::kQuote:
      return word(quote_states(), "state of a quote", criterion.state, here);
    case CriterionKind::kInvoice:
      word(invoice_states(), "state of an invoice", criterion.state, here);
      if (!criterion.name.empty()) {
        word(invoice_kinds(), "kind of invoice", criterion.name, here + ".kind");
      }
      return;
    case CriterionKind::kDocument:
      return word(document_kinds(), "kind of document", criterion.name, here);
    case CriterionKind::kAcknowledgement:
      return word(acknowledgement_kinds(), "acknowledgement", criterion.name, here);
    case CriterionKind::kParticipant:
      return word(participant_roles(), "role of a participant", criterion.name, here);
    case CriterionKind::kDiscount:
    case CriterionKind::kPaidShare:
    case CriterionKind::kBalanceCleared:
      return;
    case CriterionKind::kAll:
    case CriterionKind::kAny:
      return list(criterion.children, here);
    case CriterionKind::kNot:
      for (const Criterion& child : criterion.children) one(child, here);
      return;
  }
}

// A code names one criterion in the whole regulation, because events and reports name only it.
void CriteriaCheck::code(const Criterion& criterion, const std::string& path) {
  const auto [first, added] = by_code_.try_emplace(criterion.code, &criterion);
  if (added) return;
  Criterion other = *first->second;
  other.message = criterion.message;
  if (other == criterion) return;
  issues_.error(path, fmt::format("the code '{}' already stands for another criterion; give this "
                                  "one its own `code`",
                                  criterion.code));
}

void CriteriaCheck::custom_field(std::string_view code, const std::string& path) {
  if (regulation_.custom_field(code)) return;
  std::vector<std::string_view> codes;
  for (const CustomField& known : regulation_.custom_fields) codes.push_back(known.code);
  issues_.error(
      path, fmt::format("unknown custom field '{}'{}", code,
                        codes.empty() ? "; `custom_fields` lists none" : suggestion(code, codes)));
}

void CriteriaCheck::field(const Criterion& criterion, const std::string& path) {
  if (criterion.name.starts_with("custom.")) {
    const std::string_view code = std::string_view(criterion.name).substr(7);
    custom_field(code, path);
    if (const CustomField* known = regulation_.custom_field(code)) {
      comparison(criterion, field_type(known->type), path);
    }
    return;
  }
  const FieldWord* known = find_field(criterion.name);
  if (!known) {
    std::vector<std::string_view> paths;
    for (const FieldWord& word : field_words()) paths.push_back(word.path);
    paths.push_back("custom.<code>");
    issues_.error(path, fmt::format("unknown field '{}'{}", criterion.name,
                                    suggestion(criterion.name, paths)));
    return;
  }
  comparison(criterion, known->type, path);
}

void CriteriaCheck::comparison(const Criterion& criterion, FieldType type,
                               const std::string& path) {
  if (criterion.comparison == Comparison::kPresent) return;
  const bool only_equality = criterion.comparison == Comparison::kEqual ||
                             criterion.comparison == Comparison::kNotEqual ||
                             criterion.comparison == Comparison::kOneOf;
  const bool has_order =
      type == FieldType::kMoney || type == FieldType::kNumber || type == FieldType::kDate;
  if (!only_equality && !has_order) {
    issues_.error(path, fmt::format("'{}' is neither money nor a number nor a date; expected "
                                    "equal, not_equal or one_of",
                                    criterion.name));
  }
  if (criterion.values.empty()) issues_.error(path, "expected a value to compare with");
  for (const FieldValue& value : criterion.values) {
    const std::string mistake = value_mistake(criterion.name, value, regulation_);
    if (!mistake.empty()) issues_.error(path, mistake);
  }
}

void CriteriaCheck::word(std::span<const Word> words, std::string_view what, std::string_view code,
                         const std::string& path) {
  if (issues_.is_full() || find_word(words, code)) return;
  issues_.error(path,
                fmt::format("unknown {} '{}'{}", what, code, suggestion(code, codes_of(words))));
}

void CriteriaCheck::words(std::span<const Word> known, std::string_view what,
                          const std::vector<std::string>& codes, const std::string& path) {
  for (const std::string& code : codes) {
    if (!code.empty()) word(known, what, code, path);
  }
}

void CriteriaCheck::touch(const TouchQuery& query, const std::string& path) {
  words(touch_kinds(), "kind of touch", query.kinds, path + ".kind");
  words(touch_directions(), "direction of a touch", query.directions, path + ".direction");
  words(touch_outcomes(), "outcome of a touch", query.outcomes, path + ".outcome");
}

void CriteriaCheck::task(const TaskQuery& query, const std::string& path) {
  words(task_kinds(), "kind of task", query.kinds, path + ".kind");
  words(task_members(), "member of a task", query.with, path + ".with");
}

}  // namespace

void check_criteria(const Regulation& regulation, SoundnessIssues& issues) {
  CriteriaCheck check(regulation, issues);
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    const Stage& stage = regulation.stages[i];
    const std::string path = fmt::format("stages[{}]", i);
    check.list(stage.entry, path + ".entry");
    check.list(stage.exit, path + ".exit");
    check.list(stage.wins_when, path + ".wins_when");
    for (std::size_t task = 0; task < stage.on_entering.size(); ++task) {
      if (const auto& when = stage.on_entering[task].when) {
        check.one(*when, fmt::format("{}.on_entering[{}].when", path, task));
      }
    }
  }
  if (regulation.follow_up && regulation.follow_up->when) {
    check.one(*regulation.follow_up->when, "follow_up.when");
  }
  for (std::size_t i = 0; i < regulation.rules.size(); ++i) {
    const Rule& rule = regulation.rules[i];
    check.list(rule.conditions, fmt::format("rules[{}].conditions", i));
    for (std::size_t action = 0; action < rule.actions.size(); ++action) {
      if (const auto& when = rule.actions[action].task.when) {
        check.one(*when, fmt::format("rules[{}].actions[{}].create_task.when", i, action));
      }
    }
  }
}

}  // namespace dealog::rules
