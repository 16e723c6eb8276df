// Stages and task templates as they stand in a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

inline constexpr std::size_t kTasksOfStage = 20;

// What could be read; mistakes are in the report. `regulation` holds what was read before: the
// calendar, the custom fields, the discount policy.
Stage parse_stage(const YamlPlace& place, const Regulation& regulation);
TaskTemplate parse_task_template(const YamlPlace& place, const Regulation& regulation);

}  // namespace dealog::rules
