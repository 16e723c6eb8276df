#include "libs/outbound/curl_parts.hpp"

#include <cstring>
#include <mutex>

#include <netinet/in.h>
#include <sys/socket.h>

#include "libs/outbound/public_address.hpp"

namespace dealog::outbound {
namespace {

IpAddress address_of(const sockaddr& address) {
  IpAddress out;
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    out.bytes[10] = out.bytes[11] = 0xff;
    std::memcpy(out.bytes.data() + 12, &v4.sin_addr, 4);
  } else if (address.sa_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    std::memcpy(out.bytes.data(), &v6.sin6_addr, 16);
  }
  return out;
}

}  // namespace

void prepare_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

curl_socket_t open_checked_socket(void* check, curlsocktype, curl_sockaddr* address) {
  auto& rule = *static_cast<AddressCheck*>(check);
  if (rule.reach == Reach::kPublic && !is_public(address_of(address->addr))) {
    rule.refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace dealog::outbound
