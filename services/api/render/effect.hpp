// Effects and endpoints of webhooks as JSON.
#pragma once

#include <boost/json.hpp>

#include "projections/automation/effects_view.hpp"

namespace dealog::api {

namespace json = boost::json;

json::object render(const views::Effect& effect);

}  // namespace dealog::api
