// Actions of rules as they stand in a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// What could be read; mistakes are in the report. `regulation` holds what was read before.
RuleAction parse_action(const YamlPlace& place, const Regulation& regulation);

}  // namespace dealog::rules
