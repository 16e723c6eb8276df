// /v1/users/{id}/bcc-address: where a user sends a copy of what he writes.
#pragma once

#include <string>

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

// `domain` is that at which mails reach a source ([mail] bcc_domain); "": there is none. `api`
// outlives the router.
void add_bcc_address_routes(http::Router& router, const Api& api, const std::string& domain);

}  // namespace dealog::api
