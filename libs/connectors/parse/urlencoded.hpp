// application/x-www-form-urlencoded (WHATWG URL standard, section 5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

// One field as it came: bytes in the charset of the sender, names may repeat.
struct FormField {
  std::string name;
  std::string value;

  bool operator==(const FormField&) const = default;
};

// Fields in order of arrival. A '%' that starts no escape stays as it is, as in browsers; a pair
// without '=' has an empty value; empty pairs are skipped.
// Errors: kTooLarge "too_many_fields" | "field_name_too_long". Thread: any.
Result<std::vector<FormField>> parse_urlencoded(std::string_view body);

// One component: %XX and, where asked, '+' as a space; broken escapes stay.
std::string decode_component(std::string_view text, bool plus_is_space);

}  // namespace dealog::connectors
