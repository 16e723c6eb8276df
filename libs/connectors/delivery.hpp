// One request to a hook as it came, before anybody read meaning into it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/timestamp.hpp"

namespace dealog::connectors {

struct Delivery {
  std::string method = "POST";
  std::string path;    // as it was called, still encoded; known at the receipt only
  std::string suffix;  // of the path, after the token: "" or "/events/summary"
  std::string query;   // without the question mark, still encoded
  std::vector<std::pair<std::string, std::string>> headers;  // as received, in order
  std::string body;                                          // raw bytes
  std::string remote_ip;  // of the sender, after trusted proxies were taken off
  Timestamp received_at;

  // The first header of that name (ASCII case ignored); null when absent.
  const std::string* header(std::string_view name) const;
  // The Content-Type header, "" when absent.
  std::string_view content_type() const;
};

}  // namespace dealog::connectors
