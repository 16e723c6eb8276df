// Header values with parameters: Content-Type, Content-Disposition (RFC 9110, RFC 6266).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dealog::connectors {

// `form-data; name="a"; filename="b"`. Never fails: what cannot be read is left out.
struct HeaderValue {
  std::string value;  // lower-case, "form-data" or "application/json"
  std::vector<std::pair<std::string, std::string>> parameters;  // names lower-case

  // Empty when absent.
  std::string parameter(std::string_view name) const;
  bool has(std::string_view name) const;
};

// Quoted strings may hold `\"` and, as browsers write them, `%22`; a bare backslash before
// another character stays (a Windows path in a filename).
HeaderValue parse_header_value(std::string_view text);

}  // namespace dealog::connectors
