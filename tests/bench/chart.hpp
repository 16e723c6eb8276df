// The results of dealog_bench as a picture for a README.
#pragma once

#include <string>

#include <boost/json.hpp>

namespace dealog::bench {

// An SVG of bars, one group a pass of `report["passes"]`; readable on light and dark ground.
std::string draw_chart(const boost::json::object& report);

}  // namespace dealog::bench
