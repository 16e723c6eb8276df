// Text as people type it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dealog {

bool is_valid_utf8(std::string_view text);
// Number of code points of valid UTF-8.
std::size_t utf8_length(std::string_view text);
// Cuts to at most `max_bytes` without splitting a code point.
std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes);
// How a message shows what was given: in quotes, cut to 64 bytes with "…"; "'…'" for bytes that
// are not UTF-8.
std::string quoted(std::string_view text);
// Without white space at both ends (ASCII and NBSP).
std::string_view trim(std::string_view text);
// Full Unicode case folding, NFKC, ё → е: two spellings that a person takes for the same are
// equal. Invalid UTF-8 is returned as it is.
std::string fold_case(std::string_view text);
// Folded words of letters and digits, for search.
std::vector<std::string> words(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char separator);
// ASCII only.
std::string to_lower_ascii(std::string_view text);
bool equals_ignoring_case_ascii(std::string_view a, std::string_view b);

// An e-mail address as it is compared: trimmed, domain and local part lower-cased, without
// invisible characters. Letters are not folded further: ёлка.рф and елка.рф are two domains.
// Nothing when it is not of the form local@domain.tld of RFC 5321 lengths.
std::optional<std::string> normalise_email(std::string_view text);

}  // namespace dealog
