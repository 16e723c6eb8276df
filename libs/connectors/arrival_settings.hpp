// The part of a source's settings that says what arrivals do: reading it and writing it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "libs/connectors/crm_fact.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {

bool is_arrival_setting(std::string_view name);
// What was expected where `value` does not fit, else "".
std::string read_arrival_setting(std::string_view name, const boost::json::value& value,
                                 ArrivalSettings& out);
// The stage here that a stage of another CRM is: by "pipeline/stage", else by "stage"; "" where the
// settings name none.
std::string stage_here(const ArrivalSettings& settings, const StagePlace& place);
// Whether a deal that is open there stands at a stage that the settings do not name.
bool lacks_stage(const ArrivalSettings& settings, const StagePlace& place);
// kUnprocessable "stage_not_mapped": such a stage is not guessed.
Error stage_not_mapped(const StagePlace& place);
// Adds what differs from the defaults.
void add_arrival_settings(boost::json::object& out, const ArrivalSettings& settings);

}  // namespace dealog::connectors
