#include "libs/base/transliteration.hpp"

#include <array>
#include <memory>
#include <utility>

#include <unicode/translit.h>
#include <unicode/unistr.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

// Making one takes milliseconds; each thread has its own because ICU promises nothing about
// sharing.
const icu::Transliterator& to_latin() {
  static thread_local const std::unique_ptr<icu::Transliterator> kToLatin = [] {
    UErrorCode error = U_ZERO_ERROR;
    std::unique_ptr<icu::Transliterator> made(icu::Transliterator::createInstance(
        "Russian-Latin/BGN; Any-Latin; Latin-ASCII; Lower", UTRANS_FORWARD, error));
    DEALOG_ASSERT(U_SUCCESS(error) && made != nullptr);
    return made;
  }();
  return *kToLatin;
}

// Where romanisations differ from one another: in this order, the longer ones first.
constexpr std::array<std::pair<std::string_view, std::string_view>, 14> kSameSound = {
    {{"shch", "sh"},
     {"sch", "sh"},
     {"kh", "h"},
     {"ts", "c"},
     {"tz", "c"},
     {"ck", "k"},
     {"ph", "f"},
     {"ye", "e"},
     {"je", "e"},
     {"x", "ks"},
     {"w", "v"},
     {"y", "i"},
     {"j", "i"},
     {"q", "k"}}};

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

}  // namespace

std::string latin_key(std::string_view word) {
  auto text = icu::UnicodeString::fromUTF8(
      icu::StringPiece(word.data(), static_cast<std::int32_t>(word.size())));
  to_latin().transliterate(text);
  std::string latin;
  text.toUTF8String(latin);
  std::erase_if(latin, [](char c) { return (c < 'a' || c > 'z') && (c < '0' || c > '9'); });
  for (const auto& [from, to] : kSameSound) replace_all(latin, from, to);
  std::string key;
  for (const char c : latin) {
    if (c != 'i' || !key.ends_with('i')) key += c;  // "iy" and "ii" end the same names as "y"
  }
  return key;
}

}  // namespace dealog
