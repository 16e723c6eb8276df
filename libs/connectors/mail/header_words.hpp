// Header values of mail: RFC 2047 encoded words, and what is written instead of them.
#pragma once

#include <string>
#include <string_view>

namespace dealog::connectors::mail {

// One line of UTF-8: encoded words decoded (also the broken ones that are met: a character split
// over two words, a word without its end, blanks inside, padding lost, a charset by its nickname),
// bytes without a declared charset guessed, line ends taken out. Thread: any.
std::string decode_words(std::string_view raw);

// The same for a list of addresses, which must be taken apart afterwards: a decoded word becomes a
// quoted string, so that a comma in a name stays one.
std::string decode_words_quoted(std::string_view raw);

}  // namespace dealog::connectors::mail
