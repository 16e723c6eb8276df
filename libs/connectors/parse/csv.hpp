// Comma-separated values (RFC 4180), as exports and telephone systems write them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::connectors {

inline constexpr std::size_t kCsvColumns = 200;

// Takes one row off the beginning of `text`, with its line end. Fields may be quoted, with quotes
// doubled and line ends inside. `number` is for the message.
// Errors: kInvalid "malformed_csv": too many columns, text after a closing quote, a missing one.
Result<std::vector<std::string>> take_csv_row(std::string_view& text, char separator,
                                              std::size_t number);

// ',', ';' or a tab: what the first line has most of.
char csv_separator(std::string_view text);

}  // namespace dealog::connectors
