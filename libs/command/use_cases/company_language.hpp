// In which language the service writes to the company's own people.
#pragma once

#include "libs/base/language.hpp"
#include "libs/command/unit.hpp"

namespace dealog::use_cases {

// That of the default legal entity, as on its papers; Russian where there is none. No condition:
// a notice stays right in the language that was chosen a moment ago.
Result<Language> company_language(Unit& unit);

}  // namespace dealog::use_cases
