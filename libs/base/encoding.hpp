// Text forms of bytes.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog {

// Lower-case hex, two digits a byte.
std::string to_hex(std::string_view bytes);
// Either case. Errors: kInvalid "invalid_hex".
Result<std::string> from_hex(std::string_view text);

// RFC 4648 base64 with padding; the url form is without.
std::string to_base64(std::string_view bytes);
std::string to_base64url(std::string_view bytes);
// Accepts both alphabets, with the whole padding or without any. Errors: kInvalid "invalid_base64".
Result<std::string> from_base64(std::string_view text);

// Percent decoding of a URL component; `plus_is_space` for application/x-www-form-urlencoded.
// Errors: kInvalid "invalid_percent_encoding".
Result<std::string> percent_decode(std::string_view text, bool plus_is_space);
std::string percent_encode(std::string_view text);

// Big-endian integers, so that the byte order of keys is the order of numbers.
void put_u64(std::string& out, std::uint64_t value);
// `bytes` must hold at least 8.
std::uint64_t get_u64(std::string_view bytes);

}  // namespace dealog
