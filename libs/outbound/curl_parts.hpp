// What every use of libcurl has in common. Inside libs/outbound only.
#pragma once

#include <curl/curl.h>

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

}  // namespace dealog::outbound
