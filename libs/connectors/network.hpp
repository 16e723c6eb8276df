// IP networks that a delivery may come from.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

// An address of either family; IPv4 is kept as IPv4-mapped IPv6, so ::ffff:10.0.0.1 is 10.0.0.1.
using IpAddress = std::array<std::uint8_t, 16>;
std::optional<IpAddress> parse_ip(std::string_view text);

struct Network {
  IpAddress address{};
  int prefix_bits = 128;  // of the 128

  // "185.71.76.0/27", "2a02:5180::/32", or one address. Errors: kInvalid "invalid_network".
  static Result<Network> parse(std::string_view text);
  bool contains(const IpAddress& ip) const;
  bool operator==(const Network&) const = default;
};

bool contains(std::span<const Network> networks, const IpAddress& ip);
// For lists in the code; a mistake in one stops the process at the first use.
std::vector<Network> networks_of(std::initializer_list<std::string_view> texts);

}  // namespace dealog::connectors
