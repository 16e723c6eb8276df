// The API's own description: openapi.yaml, embedded, served as JSON and as a page.
#pragma once

#include <boost/json.hpp>

#include "libs/http/router.hpp"

namespace dealog::api {

// openapi.yaml as JSON. Made once.
const boost::json::value& openapi_document();

// GET /openapi.json, /docs and the page's files. No token needed.
void add_documentation_routes(http::Router& router);

}  // namespace dealog::api
