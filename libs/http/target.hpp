// The request target (RFC 9112, 3.2): from bytes off the wire to checked, decoded text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/http/request.hpp"

namespace dealog::http {

struct Path {
  std::string text;                   // "/v1/deals/deal_01"
  std::vector<std::string> segments;  // {"v1", "deals", "deal_01"}; a trailing slash adds ""
};

// The path of an origin-form or absolute-form target. A path that two readers could take for two
// things is refused, never put right: an encoded slash, a backslash, "." and ".." segments, empty
// segments inside, control characters, NUL, invalid UTF-8, broken percent encoding, a fragment.
// Errors: kInvalid "invalid_path". Thread: any.
Result<Path> decode_path(std::string_view target);

// "a=1&b=%20+x": percent and plus decoded, in order. Errors: kInvalid "invalid_query" for broken
// percent encoding, invalid UTF-8, NUL, more than kQueryParameters.
Result<Query> decode_query(std::string_view raw_query);

}  // namespace dealog::http
