#include "libs/connectors/parse/charset_guess.hpp"

#include <algorithm>
#include <array>

#include <unicode/utf8.h>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/charset.hpp"

namespace dealog::connectors {
namespace {

enum class Letter { kNone, kLatin, kAccented, kSmallCyrillic, kCapitalCyrillic, kOdd };

Letter letter_of(UChar32 c) {
  if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return Letter::kLatin;
  if (c >= 0xc0 && c <= 0x17f && c != 0xd7 && c != 0xf7) return Letter::kAccented;
  if (c >= 0x430 && c <= 0x45f) return Letter::kSmallCyrillic;
  if (c >= 0x400 && c <= 0x42f) return Letter::kCapitalCyrillic;
  const bool control = c >= 0x7f && c < 0xa0;
  const bool drawing = c >= 0x2500 && c <= 0x25ff;
  return c < 0 || c == 0xfffd || control || drawing ? Letter::kOdd : Letter::kNone;
}

// How likely `now` is after `before` in a text that people wrote.
int likelihood(Letter before, Letter now) {
  const bool after_cyrillic =
      before == Letter::kSmallCyrillic || before == Letter::kCapitalCyrillic;
  const bool after_latin = before == Letter::kLatin || before == Letter::kAccented;
  switch (now) {
    case Letter::kNone:
      return 0;
    case Letter::kOdd:
      return -6;
    case Letter::kLatin:
      return after_cyrillic ? -4 : 0;
    case Letter::kAccented:
      return before == Letter::kLatin ? 2 : before == Letter::kAccented ? -1 : 1;
    case Letter::kSmallCyrillic:
      return after_latin ? -4 : 3;
    case Letter::kCapitalCyrillic:
      return after_latin || before == Letter::kSmallCyrillic ? -4 : 2;
  }
  return 0;
}

// A letter that Russian is full of, to tell words from their mirror in another table.
bool is_frequent(UChar32 c) {
  constexpr std::u32string_view kFrequent = U"оеаинтсрвлОЕАИНТСРВЛ";
  return kFrequent.find(static_cast<char32_t>(c)) != std::u32string_view::npos;
}

int score(std::string_view bytes, std::string_view charset) {
  const auto text = to_utf8(bytes, charset, BadBytes::kReplace);
  if (!text) return -1'000'000'000;
  int sum = 0;
  Letter before = Letter::kNone;
  const auto length = static_cast<std::int32_t>(text->size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 c = 0;
    U8_NEXT(text->data(), at, length, c);
    const Letter now = letter_of(c);
    sum += likelihood(before, now) + (is_frequent(c) ? 1 : 0);
    before = now;
  }
  return sum;
}

// A charset that every byte fits says nothing about the text.
bool is_ascii_name(std::string_view charset) {
  constexpr std::array<std::string_view, 5> kNames{"us-ascii", "ascii", "ansi_x3.4-1968",
                                                   "unknown-8bit", "8bit"};
  return std::ranges::any_of(kNames,
                             [&](auto name) { return equals_ignoring_case_ascii(name, charset); });
}

bool is_utf8_name(std::string_view charset) {
  return equals_ignoring_case_ascii(charset, "utf-8") ||
         equals_ignoring_case_ascii(charset, "utf8");
}

// UTF-8 with a character cut in two is still UTF-8; text of another charset is nearly all errors.
bool is_mostly_sound(std::string_view utf8) {
  std::size_t replaced = 0;
  std::size_t foreign = 0;
  const auto length = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < length;) {
    UChar32 c = 0;
    U8_NEXT(utf8.data(), at, length, c);
    if (c == 0xfffd) ++replaced;
    if (c >= 0x80) ++foreign;
  }
  return replaced * 4 <= foreign;
}

}  // namespace

std::string_view guess_charset(std::string_view bytes) {
  if (is_valid_utf8(bytes)) return "utf-8";
  const std::string_view sample = bytes.substr(0, kGuessedBytes);
  std::string_view best = "windows-1252";
  int best_score = score(sample, best);
  for (const std::string_view charset : {"windows-1251", "koi8-r", "ibm866"}) {
    const int own = score(sample, charset);
    if (own > best_score) {
      best = charset;
      best_score = own;
    }
  }
  return best;
}

std::string text_of(std::string_view bytes, std::string_view declared_charset) {
  declared_charset = trim(declared_charset);
  std::string out;
  const bool told = !declared_charset.empty() && !is_ascii_name(declared_charset);
  auto text = told ? to_utf8(bytes, declared_charset, BadBytes::kReplace) : fail({});
  if (text && (!is_utf8_name(declared_charset) || is_mostly_sound(*text))) {
    out = *std::move(text);
  } else {
    out = to_utf8(bytes, guess_charset(bytes), BadBytes::kReplace).value_or("");
  }
  std::erase(out, '\0');
  return out;
}

}  // namespace dealog::connectors
