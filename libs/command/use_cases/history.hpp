// Facts that happened before Dealog knew of them, each recorded under the id that it came with.
#pragma once

#include <variant>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/deal/commands.hpp"

namespace dealog::use_cases {

struct HistoricalFact {
  Uuid event_id;
  DealId deal;
  std::variant<deal::RecordTouch, deal::ReportDealStage> fact;
};

// Of the actors of imported events: who imported is `Actor::id`.
inline constexpr const char* kImportActor = "import";

// Makes the fact's event, on top of what the unit emitted before. It is not judged by gates, but
// its form is checked, and that what it names exists; a refusal leaves the unit as it was. A touch
// puts no condition on the append, a stage those of the deal and of what its criteria read.
// Whether the id is in the log already is not asked here. Errors: those of deal::decide; kNotFound
// "deal_not_found"; kUnprocessable "invalid_input" (a person who is not there).
Result<void> record_fact(Unit& unit, const HistoricalFact& fact);

}  // namespace dealog::use_cases
