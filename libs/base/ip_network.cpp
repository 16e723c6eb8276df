#include "libs/base/ip_network.hpp"

#include <algorithm>
#include <cstring>

#include <arpa/inet.h>

#include "libs/base/assert.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
namespace dealog {
namespace {

constexpr std::uint8_t kMappedPrefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::unexpected<Error> invalid_network(std::string_view text) {
  return fail(ErrorKind::kInvalid, "invalid_ip_network",
              quoted(text) + " is not a network such as 10.0.0.0/8");
}

bool bit(const IpAddress& address, int i) {
  return address.bytes[static_cast<std::size_t>(i / 8)] >> (7 - i % 8) & 1;
}

}  // namespace

bool IpAddress::is_v4() const {
  return std::equal(std::begin(kMappedPrefix), std::end(kMappedPrefix), bytes.begin());
}

std::string IpAddress::text() const {
  char out[INET6_ADDRSTRLEN] = {};
  if (is_v4())
    inet_ntop(AF_INET, bytes.data() + 12, out, sizeof out);
  else
    inet_ntop(AF_INET6, bytes.data(), out, sizeof out);
  return out;
}

Result<IpAddress> IpAddress::parse(std::string_view text) {
  const std::string copy(text.substr(0, 64));
  IpAddress address;
  std::uint8_t v4[4];
  if (inet_pton(AF_INET, copy.c_str(), v4) == 1) {
    std::memcpy(address.bytes.data(), kMappedPrefix, sizeof kMappedPrefix);
    std::memcpy(address.bytes.data() + 12, v4, sizeof v4);
    return address;
  }
  if (inet_pton(AF_INET6, copy.c_str(), address.bytes.data()) == 1) return address;
  return fail(ErrorKind::kInvalid, "invalid_ip_address", "'" + copy + "' is not an IP address");
}

bool IpNetwork::contains(const IpAddress& other) const {
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(other.bytes.begin(), other.bytes.begin() + whole, address.bytes.begin())) {
    return false;
  }
  const int left = prefix_bits % 8;
  return left == 0 || ((other.bytes[whole] ^ address.bytes[whole]) >> (8 - left)) == 0;
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return invalid_network(text);
  IpNetwork network{*address, 128};
  if (slash == std::string_view::npos) return network;
  const std::string_view digits = text.substr(slash + 1);
  const auto bits = parse_number<int>(digits);
  const bool v4 = text.substr(0, slash).find(':') == std::string_view::npos;
  if (!bits || *bits < 0 || *bits > (v4 ? 32 : 128)) {
    return invalid_network(text);
  }
  network.prefix_bits = v4 ? *bits + 96 : *bits;
  for (int i = network.prefix_bits; i < 128; ++i) {
    if (bit(network.address, i)) return invalid_network(text);
  }
  return network;
}

bool contains(std::span<const IpNetwork> networks, const IpAddress& address) {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

std::vector<IpNetwork> networks_of(std::initializer_list<std::string_view> texts) {
  std::vector<IpNetwork> networks;
  for (const auto text : texts) {
    const auto network = IpNetwork::parse(text);
    DEALOG_ASSERT(network.has_value());
    networks.push_back(*network);
  }
  return networks;
}

}  // namespace dealog
