// The part of a source's settings that says what arrivals do: reading it and writing it.
#pragma once

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {

bool is_arrival_setting(std::string_view name);
// What was expected where `value` does not fit, else "".
std::string read_arrival_setting(std::string_view name, const boost::json::value& value,
                                 ArrivalSettings& out);
// Adds what differs from the defaults.
void add_arrival_settings(boost::json::object& out, const ArrivalSettings& settings);

}  // namespace dealog::connectors
