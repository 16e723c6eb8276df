#include "libs/base/text.hpp"

#include <algorithm>
#include <cctype>
#include <cstdint>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

constexpr std::size_t kMaxEmailBytes = 254;  // RFC 5321, 4.5.3.1.3
constexpr std::size_t kMaxLocalPartBytes = 64;

bool is_letter_or_digit(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80;
}

bool is_local_character(char c) {
  return is_letter_or_digit(c) ||
         std::string_view("!#$%&'*+/=?^_`{|}~.-").find(c) != std::string_view::npos;
}

bool is_domain_label(std::string_view label) {
  return !label.empty() && !label.starts_with('-') && !label.ends_with('-') &&
         std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

icu::UnicodeString to_unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<int>(text.size())));
}

// Composed (NFC), each letter by itself in lower case, without what has no width: copied addresses
// carry zero-width spaces and marks of direction. Invalid UTF-8 is not for this function.
std::string lower_visible(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFCInstance(status);
  DEALOG_ASSERT(U_SUCCESS(status));
  const auto composed = normalizer->normalize(to_unicode(text), status);
  icu::UnicodeString visible;
  for (int i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const UChar32 c = composed.char32At(i);
    if (!u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) visible.append(u_tolower(c));
  }
  std::string out;
  visible.toUTF8String(out);
  return out;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  const auto* p = reinterpret_cast<const unsigned char*>(text.data());
  const auto* end = p + text.size();
  while (p < end) {
    if (*p < 0x80) {
      ++p;
      continue;
    }
    int extra;
    std::uint32_t code;
    if ((*p & 0xe0) == 0xc0) {
      extra = 1;
      code = *p & 0x1f;
    } else if ((*p & 0xf0) == 0xe0) {
      extra = 2;
      code = *p & 0x0f;
    } else if ((*p & 0xf8) == 0xf0) {
      extra = 3;
      code = *p & 0x07;
    } else
      return false;
    if (end - p <= extra) return false;
    for (int i = 1; i <= extra; ++i) {
      if ((p[i] & 0xc0) != 0x80) return false;
      code = code << 6 | (p[i] & 0x3f);
    }
    constexpr std::uint32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
    if (code < kSmallest[extra] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
      return false;
    }
    p += extra + 1;
  }
  return true;
}

std::size_t utf8_length(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string_view utf8_prefix(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  while (max_bytes > 0 && (static_cast<unsigned char>(text[max_bytes]) & 0xc0) == 0x80) --max_bytes;
  return text.substr(0, max_bytes);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShownBytes = 64;
  if (!is_valid_utf8(text)) return "'…'";
  const std::string_view shown = utf8_prefix(text, kShownBytes);
  return "'" + std::string(shown) + (shown.size() < text.size() ? "…'" : "'");
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kNbsp = "\xc2\xa0";
  for (;;) {
    if (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())))
      text.remove_prefix(1);
    else if (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())))
      text.remove_suffix(1);
    else if (text.starts_with(kNbsp))
      text.remove_prefix(2);
    else if (text.ends_with(kNbsp))
      text.remove_suffix(2);
    else
      return text;
  }
}

std::string fold_case(std::string_view text) {
  if (!is_valid_utf8(text)) return std::string(text);
  UErrorCode status = U_ZERO_ERROR;
  const auto* normalizer = icu::Normalizer2::getNFKCCasefoldInstance(status);
  if (U_FAILURE(status)) return std::string(text);
  auto folded = normalizer->normalize(to_unicode(text), status);
  folded.findAndReplace(icu::UnicodeString(static_cast<UChar32>(0x451)),
                        icu::UnicodeString(static_cast<UChar32>(0x435)));
  std::string out;
  folded.toUTF8String(out);
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  const std::string folded_text = fold_case(text);
  const auto folded = icu::UnicodeString::fromUTF8(folded_text);
  icu::UnicodeString word;
  const auto flush = [&] {
    if (word.isEmpty()) return;
    std::string utf8;
    word.toUTF8String(utf8);
    out.push_back(std::move(utf8));
    word.remove();
  };
  for (int i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (u_isalnum(c))
      word.append(c);
    else
      flush();
  }
  flush();
  return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

bool equals_ignoring_case_ascii(std::string_view a, std::string_view b) {
  return a.size() == b.size() && to_lower_ascii(a) == to_lower_ascii(b);
}

std::optional<std::string> normalise_email(std::string_view text) {
  text = trim(text);
  if (text.size() > kMaxEmailBytes || !is_valid_utf8(text)) return std::nullopt;
  std::string address = lower_visible(text);
  const auto at = address.find('@');
  if (at == std::string::npos || at == 0 || at > kMaxLocalPartBytes) return std::nullopt;
  const std::string_view local(address.data(), at);
  const auto labels = split(std::string_view(address).substr(at + 1), '.');
  if (local.starts_with('.') || local.ends_with('.') || labels.size() < 2 ||
      !std::all_of(local.begin(), local.end(), is_local_character) ||
      !std::all_of(labels.begin(), labels.end(), is_domain_label)) {
    return std::nullopt;
  }
  return address;
}

}  // namespace dealog
