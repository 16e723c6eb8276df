// The head of an answer, as bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/http/response.hpp"

namespace dealog::http {

struct HeadContext {
  std::string_view date;  // IMF-fixdate
  std::string_view request_id;
  bool keep_alive = true;
  bool http11 = true;
  bool tls = false;
  bool chunked = false;
  std::optional<std::uint64_t> content_length;  // none for 1xx, 204, 304 and streams
};

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, 5.6.7) of a time in seconds since 1970.
std::string http_date(std::int64_t unix_seconds);

// Appends status line, headers and the empty line. Security headers (nosniff, no framing, no
// referrer, a content policy that allows nothing, no-store) are there unless the response sets them
// itself. Framing headers among the response's own are dropped; line breaks in values become
// spaces.
void write_head(std::string& out, const Response& response, const HeadContext& context);

}  // namespace dealog::http
