// Reading persons and companies from JSON.
#pragma once

#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/http/json_reader.hpp"

namespace dealog::api {

// {"name","phone"?,"email"?,"contacts"?:[{"kind"?,"value","shared"?}],"company"?,"position"?,
//  "country"?}. At least a name or one contact.
use_cases::PersonInput read_person(http::ObjectReader& in);

// {"name","tax_id"?,"bank_accounts"?}
use_cases::CompanyInput read_company(http::ObjectReader& in);

}  // namespace dealog::api
