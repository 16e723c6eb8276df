// What starts a rule, as it stands in a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/rule.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// Mistakes are reported at the place; what cannot be read stays as it is by itself.
RuleTrigger parse_trigger(const YamlPlace& place, const Regulation& regulation);

}  // namespace dealog::rules
