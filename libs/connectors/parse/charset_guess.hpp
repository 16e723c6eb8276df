// The charset of text whose sender told none, or lied about it.
#pragma once

#include <string>
#include <string_view>

namespace dealog::connectors {

// "utf-8" when the bytes are valid UTF-8; else whichever of windows-1251, koi8-r, ibm866 and
// windows-1252 makes most sense as words: letters of one script, capitals at their beginning.
// A guess of a few letters may be wrong. Only the first kGuessedBytes are looked at.
std::string_view guess_charset(std::string_view bytes);
inline constexpr std::size_t kGuessedBytes = 16 << 10;

// UTF-8 whatever comes: by the declared charset where there is one and the bytes fit it, else by
// the guess. What still has no meaning becomes U+FFFD. Thread: any.
std::string text_of(std::string_view bytes, std::string_view declared_charset);

}  // namespace dealog::connectors
