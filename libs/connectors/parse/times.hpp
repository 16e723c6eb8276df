// Times as providers write them.
#pragma once

#include <string>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::connectors {

// `2026-03-05T14:23:11.5+03:00`, `… +0300`, `… +03`, `…Z`, with T or a space, or the date as
// `05.03.2026`; without an offset the wall clock of `zone` (IANA). A date alone is the start of its
// day there. Errors: kInvalid "invalid_time", which does not quote the text; "unknown_time_zone".
Result<Timestamp> parse_time(std::string_view text, std::string_view zone);

// Whole seconds or, of 12 digits and more, milliseconds since 1970.
// Errors: kInvalid "invalid_time".
Result<Timestamp> parse_unix_time(std::string_view text);

// By a pattern of %Y %y %m %d %H %M %S and literal characters (%d.%m.%Y %H:%M), as the wall clock
// of `zone`. Numbers may lack leading zeros. Errors: kInvalid "invalid_time".
Result<Timestamp> parse_time_as(std::string_view text, std::string_view pattern,
                                std::string_view zone);
// Whether a pattern names a year, a month and a day. Errors: kInvalid "invalid_date_format".
Result<void> check_time_pattern(std::string_view pattern);

}  // namespace dealog::connectors
