// Companies as another CRM names them: by the number of their card there, or by their name alone.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"

namespace dealog::use_cases {

struct ToldCompany {
  std::string name;
  // What names it there, with its source: see thread_tag. The first that is known here counts; all
  // of them name it from then on.
  std::vector<std::string> threads;
};

// The company that is known by one of the threads, else a new one: within one source a name is a
// company. Errors: those of company::decide; kNotFound "company_not_found".
Result<CompanyId> find_or_register_told(Unit& unit, const ToldCompany& told);

// The same of a card of its own, whose number there is the first thread: a company that is known
// takes over the name that it has there now.
Result<CompanyId> accept_company_card(Unit& unit, const ToldCompany& told);

// Sets the person's company where none is known.
Result<void> introduce_employer(Unit& unit, const PersonId& person, const CompanyId& company);

}  // namespace dealog::use_cases
