// Companies as another CRM names them: by the number of their card there, or by their name alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"

namespace dealog::use_cases {

struct ToldCompany {
  std::string name;
  // What names it there, with its source: see thread_tag. The first that is known here counts; all
  // of them name it from then on.
  std::vector<std::string> threads;
  // As typed there. What is no tax id, or another company's here, is left out: a card of somebody
  // else's system is no reason to refuse.
  std::string tax_id = {};
};

// The company that is known by one of the threads or by its tax id, else a new one: within one
// source a name is a company. Errors: those of company::decide; kNotFound "company_not_found".
Result<CompanyId> find_or_register_told(Unit& unit, const ToldCompany& told);

// The same of a card of its own, whose number there is the first thread: a company that is known
// takes over the name that it has there now, and the tax id where it has none.
Result<CompanyId> accept_company_card(Unit& unit, const ToldCompany& told);

// Whose tax id it is; nothing for nobody's and for what is no tax id. Merges are followed, the tag
// is held.
Result<std::optional<CompanyId>> claimant_of(Unit& unit, std::string_view tax_id);

// Sets the person's company where none is known.
Result<void> introduce_employer(Unit& unit, const PersonId& person, const CompanyId& company);

}  // namespace dealog::use_cases
