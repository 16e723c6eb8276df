// What a rule said when its trigger was made, and whether it still counts.
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/command/regulation_book.hpp"
#include "libs/command/unit.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::use_cases {

// The version in force, and the one that the trigger was made under.
struct RuleTexts {
  RegulationRef current, own;
  const rules::Rule* rule = nullptr;  // of `own`; null: it has none such
  // In force now; a rule that the version in force has no more is off.
  rules::RuleMode mode = rules::RuleMode::kOff;

  // Why the rule does nothing at all; empty: it may.
  std::string_view gone() const;
};

// Errors: kNotFound "pipeline_not_found"; those of the log.
Result<RuleTexts> texts_of(Unit& unit, std::string_view pipeline, std::string_view rule,
                           std::uint64_t regulation_version);

}  // namespace dealog::use_cases
