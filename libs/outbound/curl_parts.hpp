// What every use of libcurl has in common. Inside libs/outbound only.
#pragma once

#include <optional>

#include <curl/curl.h>

#include "libs/base/clock.hpp"
#include "libs/outbound/interrupt.hpp"
#include "libs/outbound/web_client.hpp"

namespace dealog::outbound {

// libcurl's global state, once a process. Thread: any.
void prepare_curl();

// Whom one transfer may reach, and whether it was stopped for that.
struct AddressCheck {
  Reach reach = Reach::kPublic;
  bool refused = false;
};

// CURLOPT_OPENSOCKETFUNCTION with an AddressCheck: asked with the address that the name was
// resolved to, so that a name cannot change in between.
curl_socket_t open_checked_socket(void* check, curlsocktype purpose, curl_sockaddr* address);

// Ends a transfer when somebody who waits for it wants to stop. It gets a moment to come to its own
// end, because one that is given up may leave nobody knowing what became of it.
class StopWatch {
 public:
  static constexpr std::chrono::seconds kPatience{3};

  // `stop` may be null: nobody stops it.
  explicit StopWatch(const Interrupt* stop) : stop_(stop) {}
  // Must outlive the transfer, which ends with CURLE_ABORTED_BY_CALLBACK.
  void watch(CURL* curl);

 private:
  static int look(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const Interrupt* stop_;
  std::optional<std::chrono::steady_clock::time_point> raised_since_;
};

}  // namespace dealog::outbound
