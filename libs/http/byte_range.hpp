// One range of bytes of an answer (RFC 9110, 14).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "libs/http/request.hpp"
#include "libs/http/response.hpp"

namespace dealog::http {

// Answers `body` whole, or the one range that the request asks for: 206, or 416 when none of it is
// there. Several ranges, other units and what is malformed are answered whole, as is a Range whose
// If-Range is not `etag` (a strong entity tag, in quotes). Adds ETag and Accept-Ranges; 304 when
// If-None-Match names the tag.
Response with_range(const Request& request, std::string body, std::string_view etag);

}  // namespace dealog::http
