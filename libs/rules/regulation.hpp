// The sales regulation of one pipeline: stages, gates, limits, tasks, texts. Published as an
// immutable version; a deal is judged by the version in force.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/criterion.hpp"
#include "libs/rules/discount_policy.hpp"
#include "libs/rules/mailings.hpp"
#include "libs/rules/owners_time.hpp"
#include "libs/rules/rule.hpp"
#include "libs/rules/task_template.hpp"

namespace dealog::rules {

class Elsewhere;

struct Stage {
  std::string code;
  LocalText title;
  std::vector<Criterion> entry;
  std::vector<Criterion> exit;
  // Stages that may be moved to from here, forward. Back moves need no listing.
  std::vector<std::string> moves;
  // The stage that is entered without anybody's hand once `exit` holds (7→8, 10→11).
  std::optional<std::string> automatic_to;
  // The deal is won without anybody's hand once these hold in this stage; empty: never.
  std::vector<Criterion> wins_when;
  std::optional<TimeLimit> limit;  // longer than this is stuck
  std::vector<TaskTemplate> on_entering;
  LocalText script;

  bool operator==(const Stage&) const = default;
};

struct WorkType {
  std::string code;
  LocalText title;
  Money price_from, price_to, average;

  bool operator==(const WorkType&) const = default;
};

struct LossReason {
  std::string code;
  LocalText title;

  bool operator==(const LossReason&) const = default;
};

// A field of the deal that the company defines, kept under "custom".
struct CustomField {
  std::string code;
  LocalText title;
  std::string type;  // text, number, date, bool
  bool operator==(const CustomField&) const = default;
};

struct Regulation {
  std::string code;           // "web-studio"
  std::uint64_t version = 0;  // given when published; 0 in a file
  LocalText title;
  Currency currency;
  BusinessCalendar calendar;
  NamedCalendars calendars;  // of those who work by another one
  std::int32_t prepayment_basis_points = 5000;
  std::int32_t discount_basis_points = 0;  // above this a quote needs approval
  DiscountPolicy discounts;                // by role, and who approves
  std::optional<TimeLimit> answer_within;  // of a new lead
  // On sending a quote: the follow-up task.
  std::optional<TaskTemplate> follow_up;
  std::vector<Stage> stages;  // in order; at least one
  std::vector<WorkType> work_types;
  std::vector<LossReason> loss_reasons;
  std::vector<CustomField> custom_fields;
  std::vector<Rule> rules;
  Mailings mailings;

  const Stage* stage(std::string_view stage_code) const;
  // Position in `stages`, from 0. Nothing for an unknown code.
  std::optional<std::size_t> index_of(std::string_view stage_code) const;
  const WorkType* work_type(std::string_view work_type_code) const;
  const LossReason* loss_reason(std::string_view reason_code) const;
  const CustomField* custom_field(std::string_view field_code) const;
  const Rule* rule(std::string_view rule_id) const;
};

// A mistake in the file: where, and what was expected there. `path` is like
// "stages[3].exit[0].touch"; line and column count from 1, 0 when unknown.
struct RegulationIssue {
  enum class Severity { kError, kWarning } severity = Severity::kError;
  int line = 0;
  int column = 0;
  std::string path;
  std::string message;
};

// "FILE:LINE:COL: error: path: message", as compilers print it.
std::string format_issue(std::string_view file, const RegulationIssue& issue);

struct ParsedRegulation {
  Regulation regulation;
  std::vector<RegulationIssue> issues;  // sound when none is an error
  bool sound() const;
};

// What a file is checked against besides itself.
struct Checked {
  const Elsewhere* against = nullptr;  // null: what is named elsewhere is not looked for
  std::string_view only_rule = {};     // its id: only what this rule names is looked for
};

// Reads and checks a YAML file's text: syntax, unknown keys, types, then soundness (unreachable
// stage, criterion on an unknown field, move to an unknown stage, cycle of automatic moves, doubled
// codes, a stage that can never be left, …), then whether what it names elsewhere is there. Never
// throws; limits: 1 MB, depth 32, 100 stages.
ParsedRegulation parse_regulation(std::string_view yaml, const Checked& checked = {});

// Every stage, criterion, work type, field and loss-reason code, as JSON text; rules as rule_json
// (libs/rules/rule_json.hpp) has them.
std::string to_json(const Regulation& regulation);

}  // namespace dealog::rules
