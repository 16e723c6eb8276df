// Whole numbers written in decimal digits.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

namespace dealog {

// The whole text as a number of type T; nothing for any other text: an empty one, a blank, a sign
// that T has not, a number that T cannot hold.
template <class T>
std::optional<T> parse_number(std::string_view text) {
  T number{};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number) : std::nullopt;
}

}  // namespace dealog
