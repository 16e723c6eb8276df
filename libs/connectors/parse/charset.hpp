// Text in the charsets that forms and old systems still use, by ICU.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog::connectors {

// What to do with bytes that mean nothing in the charset.
enum class BadBytes { kRefuse, kReplace };

// UTF-8 of `bytes` written in `charset` (any name that IANA, WHATWG or people use: windows-1251,
// cp1251, koi8-r, cp866, utf-8 …; empty means UTF-8).
// Errors: kInvalid "unknown_charset" | "invalid_text". Thread: any.
Result<std::string> to_utf8(std::string_view bytes, std::string_view charset,
                            BadBytes bad = BadBytes::kRefuse);

}  // namespace dealog::connectors
