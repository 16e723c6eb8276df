// `discounts`, `approval` and `below_floor` of a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// Into regulation.discounts. The calendar must have been read: steps have deadlines.
void parse_discount_policy(YamlMap& map, Regulation& regulation);

}  // namespace dealog::rules
