// Whether a value can be one of a field: its type, its currency, one of the allowed.
#pragma once

#include <string>
#include <string_view>

#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// Why the field can never have this value, as a sentence; empty: it can. An unknown field's values
// are not judged. Pure. Thread: any.
std::string value_mistake(std::string_view field, const FieldValue& value,
                          const Regulation& regulation);

}  // namespace dealog::rules
