#include "libs/rules/regulation.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dealog::rules {
namespace {

template <class T>
const T* find_code(const std::vector<T>& things, std::string_view code) {
  const auto found = std::ranges::find(things, code, &T::code);
  return found == things.end() ? nullptr : &*found;
}

}  // namespace

const Stage* Regulation::stage(std::string_view stage_code) const {
  return find_code(stages, stage_code);
}

std::optional<std::size_t> Regulation::index_of(std::string_view stage_code) const {
  const Stage* found = stage(stage_code);
  if (!found) return std::nullopt;
  return static_cast<std::size_t>(found - stages.data());
}

const WorkType* Regulation::work_type(std::string_view work_type_code) const {
  return find_code(work_types, work_type_code);
}

const LossReason* Regulation::loss_reason(std::string_view reason_code) const {
  return find_code(loss_reasons, reason_code);
}

const CustomField* Regulation::custom_field(std::string_view field_code) const {
  return find_code(custom_fields, field_code);
}

const Rule* Regulation::rule(std::string_view rule_id) const {
  const auto found = std::ranges::find(rules, rule_id, &Rule::id);
  return found == rules.end() ? nullptr : &*found;
}

bool ParsedRegulation::sound() const {
  return std::ranges::none_of(issues, [](const RegulationIssue& issue) {
    return issue.severity == RegulationIssue::Severity::kError;
  });
}

std::string format_issue(std::string_view file, const RegulationIssue& issue) {
  const bool error = issue.severity == RegulationIssue::Severity::kError;
  return fmt::format("{}:{}:{}: {}: {}{}{}", file, issue.line, issue.column,
                     error ? "error" : "warning", issue.path, issue.path.empty() ? "" : ": ",
                     issue.message);
}

}  // namespace dealog::rules
