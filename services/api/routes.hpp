// Every route of the API, in one table a family.
#pragma once

#include "services/api/support/api.hpp"

namespace dealog::http {
class Router;
}

namespace dealog::api {

// `api` outlives the router.
void add_routes(http::Router& router, const Api& api);

}  // namespace dealog::api
