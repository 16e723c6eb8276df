// Whom Dealog may call: an address that somebody types into a setting must not reach what stands
// beside the server (SSRF).
#pragma once

#include "libs/base/ip_network.hpp"

namespace dealog::outbound {

// Not loopback, private, link-local, shared, reserved, documentation, multicast, nor one of the
// IPv6 forms that carry an IPv4 address (RFC 6890, RFC 6052, RFC 3056). Thread: any.
bool is_public(const IpAddress& address);

}  // namespace dealog::outbound
