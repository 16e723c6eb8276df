// Who really called, behind proxies that are trusted.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/ip_network.hpp"

namespace dealog::http {

// Who really called: the peer, unless it is a trusted proxy; then the last address of
// X-Forwarded-For (all its fields joined by commas) that is not a trusted one. What does not parse
// ends the walk.
std::string client_address(std::string_view peer, std::string_view forwarded_for,
                           const std::vector<IpNetwork>& trusted_proxies);

}  // namespace dealog::http
