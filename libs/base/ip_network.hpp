// IP addresses and CIDR networks: trusted proxies, published networks of webhook senders.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog {

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

  auto operator<=>(const IpNetwork&) const = default;
  bool contains(const IpAddress& other) const;
  // "10.0.0.0/8", "2001:db8::/32" or one address. Errors: kInvalid "invalid_ip_network", also when
  // bits beyond the prefix are set.
  static Result<IpNetwork> parse(std::string_view text);
};

bool contains(std::span<const IpNetwork> networks, const IpAddress& address);
// For lists in the code; a mistake in one stops the process at the first use.
std::vector<IpNetwork> networks_of(std::initializer_list<std::string_view> texts);

}  // namespace dealog
