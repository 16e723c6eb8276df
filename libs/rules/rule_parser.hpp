// Rules as they stand in a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

inline constexpr std::size_t kRules = 200;  // of a regulation
inline constexpr std::size_t kActionsOfRule = 20;

// What could be read; mistakes are in the report. `regulation` holds what was read before: the
// calendar and the custom fields.
Rule parse_rule(const YamlPlace& place, const Regulation& regulation);

}  // namespace dealog::rules
