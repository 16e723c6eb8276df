// What a decision about a deal reads besides the deal: gathered from a unit or from folds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "libs/command/regulation_book.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::use_cases {

// The regulation outlives the context that points to it.
struct DealSurroundings {
  RegulationRef regulation;
  deal::Context context;
};

// Whose facts a gate reads: empty streams are nobody.
struct Parties {
  StreamName person;
  StreamName company;
};
Parties parties_of(const deal::State& state);

// For a decision of `unit`: with `conditional` the regulation and the parties become conditions of
// the append. The context refers to the unit. Parties are read when they are given.
Result<DealSurroundings> surroundings_of(Unit& unit, std::string_view pipeline,
                                         const Parties* parties, bool conditional,
                                         rules::Language language);

// Gives numbers to the invoices of `unit`, without holes by year and legal entity; empty: the
// default one, or nobody's series while there is none. Both outlive the function. Errors (of the
// function): kNotFound "legal_entity_not_found".
std::function<Result<deal::InvoiceNumber>()> invoice_numbers(Unit& unit,
                                                             const rules::Regulation& regulation,
                                                             std::string legal_entity);

// The same for a question that changes nothing; no invoice can be issued with it.
Result<DealSurroundings> surroundings_of(const Folds& folds, const deal::State& state,
                                         const user::Rights& rights, const Actor& actor,
                                         Timestamp now, rules::Language language);

}  // namespace dealog::use_cases
