#include "libs/connectors/network.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

#include "libs/base/assert.hpp"

namespace dealog::connectors {
namespace {

constexpr int kIpv4PrefixBits = 96;  // of ::ffff:0:0/96

std::unexpected<Error> invalid_network(std::string_view text) {
  return fail(ErrorKind::kInvalid, "invalid_network",
              "'" + std::string(text.substr(0, 60)) +
                  "' is not a network such as 185.71.76.0/27 or 2a02:5180::/32");
}

}  // namespace

std::optional<IpAddress> parse_ip(std::string_view text) {
  if (text.size() > 45) return std::nullopt;
  const std::string zero_terminated(text);
  IpAddress ip{};
  std::uint8_t v4[4];
  if (inet_pton(AF_INET, zero_terminated.c_str(), v4) == 1) {
    ip[10] = ip[11] = 0xff;
    std::memcpy(ip.data() + 12, v4, 4);
    return ip;
  }
  if (inet_pton(AF_INET6, zero_terminated.c_str(), ip.data()) == 1) return ip;
  return std::nullopt;
}

Result<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return invalid_network(text);
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  int bits = v4 ? 32 : 128;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const int most = bits;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
    if (error != std::errc() || end != digits.data() + digits.size() || bits < 0 || bits > most) {
      return invalid_network(text);
    }
  }
  return Network{*address, v4 ? bits + kIpv4PrefixBits : bits};
}

bool Network::contains(const IpAddress& ip) const {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(ip.begin(), ip.begin() + static_cast<std::ptrdiff_t>(whole), address.begin())) {
    return false;
  }
  const int rest = prefix_bits % 8;
  return rest == 0 || (ip[whole] ^ address[whole]) >> (8 - rest) == 0;
}

std::vector<Network> networks_of(std::initializer_list<std::string_view> texts) {
  std::vector<Network> networks;
  for (const auto text : texts) {
    const auto network = Network::parse(text);
    DEALOG_ASSERT(network.has_value());
    networks.push_back(*network);
  }
  return networks;
}

bool contains(std::span<const Network> networks, const IpAddress& ip) {
  return std::any_of(networks.begin(), networks.end(),
                     [&](const Network& network) { return network.contains(ip); });
}

}  // namespace dealog::connectors
