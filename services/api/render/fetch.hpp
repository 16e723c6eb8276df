// What providers are asked for, as JSON.
#pragma once

#include "libs/base/language.hpp"
#include "projections/intake/fetch_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

// With `reason`: why the last attempt failed and what to do about it, where that is known.
json::object render(const views::Fetch& fetch, Language language);

}  // namespace dealog::api
