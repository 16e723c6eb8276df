// multipart/form-data (RFC 7578 over RFC 2046).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

// One part as it came: bytes, the charset named by its own Content-Type (empty if none).
struct Part {
  std::string name;
  std::optional<std::string> filename;  // present for a file, even when empty
  std::string content_type;             // lower-case, without parameters; empty if not given
  std::string charset;
  std::string content;
};

// `boundary` is the parameter of the Content-Type header. Tolerated because it is met in
// practice: text before the first delimiter, LF for CRLF, a last delimiter without its closing
// `--`, and a body whose delimiter lacks the leading `--`. A body that ends inside a part is
// refused: nobody can tell what is missing.
// Errors: kInvalid "malformed_multipart" | "truncated_multipart"; kTooLarge "too_many_parts" |
// "part_headers_too_large" | "field_name_too_long". Thread: any.
Result<std::vector<Part>> parse_multipart(std::string_view body, std::string_view boundary);

}  // namespace dealog::connectors
