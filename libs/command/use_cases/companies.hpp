// Finding, registering, changing and merging companies.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/company/company.hpp"

namespace dealog::use_cases {

struct CompanyInput {
  std::string name;
  std::string tax_id = {};
  std::vector<std::string> bank_accounts = {};
};

struct FoundCompany {
  CompanyId company;
  bool registered = false;
};

// The claimant of the tax id, else a new company (always, when there is no tax id: names identify
// nobody). The tag is held. Errors: kInvalid with `fields`.
Result<FoundCompany> find_or_register_company(Unit& unit, const CompanyInput& input,
                                              std::string_view pointer = "");

// Errors besides: kConflict "company_exists" with {"company":"com_…"} in Error::data.
Result<CompanyId> register_company(Unit& unit, const CompanyInput& input);
Result<void> change_company(Unit& unit, const CompanyId& id,
                            const company::ChangeCompanyDetails& change);
Result<void> change_decision_map(Unit& unit, const CompanyId& id,
                                 const company::ChangeDecisionMap& change);
Result<void> merge_companies(Unit& unit, const CompanyId& loser, const CompanyId& winner);

// Follows merges. Errors: kNotFound "company_not_found".
Result<CompanyId> resolve_company(Unit& unit, const CompanyId& id);

}  // namespace dealog::use_cases
