// Bodies that providers keep: what their requests have in common.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

// Whether a key of the provider may be sent to `url`: https on `domain` or a host under it, or the
// same scheme, host and port as settings.api_url. What a delivery names may be anybody's server.
bool is_host_of(std::string_view url, std::string_view domain, const SourceSettings& settings);

// kInvalid "address_not_theirs".
std::unexpected<Error> not_theirs();

// {"Authorization", "Basic …"} of "<user>:<password>".
std::pair<std::string, std::string> basic_auth(std::string_view user_and_password);

}  // namespace dealog::connectors
