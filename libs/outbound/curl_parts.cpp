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

void StopWatch::watch(CURL* curl) {
  if (stop_ == nullptr) return;
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &StopWatch::look);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
}

// libcurl asks about once a second while it waits.
int StopWatch::look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& watch = *static_cast<StopWatch*>(self);
  if (!watch.stop_->raised()) return 0;
  if (!watch.raised_since_) watch.raised_since_ = steady_now();
  return steady_now() - *watch.raised_since_ >= kPatience ? 1 : 0;
}

}  // namespace dealog::outbound
