// IP addresses and CIDR networks: trusted proxies, published networks of webhook senders.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::http {

// IPv4 is kept as IPv4-mapped IPv6, so both spellings of one address are equal. Thread: any.
struct IpAddress {
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const IpAddress&) const = default;
  bool is_v4() const;
  std::string text() const;
  // "10.0.0.1", "::1"; no zone, no port. Errors: kInvalid "invalid_ip_address".
  static Result<IpAddress> parse(std::string_view text);
};

struct IpNetwork {
  IpAddress address;
  int prefix_bits = 128;  // of the mapped form

  bool contains(const IpAddress& other) const;
  // "10.0.0.0/8", "2001:db8::/32" or one address. Errors: kInvalid "invalid_ip_network", also when
  // bits beyond the prefix are set.
  static Result<IpNetwork> parse(std::string_view text);
};

bool contains(const std::vector<IpNetwork>& networks, const IpAddress& address);

// Who really called: the peer, unless it is a trusted proxy; then the last address of
// X-Forwarded-For (all its fields joined by commas) that is not a trusted one. What does not parse
// ends the walk.
std::string client_address(std::string_view peer, std::string_view forwarded_for,
                           const std::vector<IpNetwork>& trusted_proxies);

}  // namespace dealog::http
