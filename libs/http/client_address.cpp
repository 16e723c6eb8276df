#include "libs/http/client_address.hpp"

#include "libs/base/text.hpp"
#include "libs/http/limits.hpp"

namespace dealog::http {

std::string client_address(std::string_view peer, std::string_view forwarded_for,
                           const std::vector<IpNetwork>& trusted_proxies) {
  auto nearest = IpAddress::parse(peer);
  if (!nearest) return std::string(peer);
  for (std::size_t hop = 0; hop < kForwardedHops && !forwarded_for.empty(); ++hop) {
    if (!contains(trusted_proxies, *nearest)) break;
    const auto comma = forwarded_for.rfind(',');
    const bool last = comma == std::string_view::npos;
    const auto address =
        IpAddress::parse(trim(last ? forwarded_for : forwarded_for.substr(comma + 1)));
    if (!address) break;
    nearest = address;
    forwarded_for = last ? std::string_view() : forwarded_for.substr(0, comma);
  }
  return nearest->text();
}

}  // namespace dealog::http
