#include "libs/outbound/imap/folder_name.hpp"

#include <cstdint>

#include "libs/base/encoding.hpp"
#include "libs/base/text.hpp"

namespace dealog::outbound::imap {
namespace {

// Of valid UTF-8; the character at the beginning is taken off.
std::uint32_t take_character(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  std::uint32_t character = size == 1 ? first : first & (0xffu >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[i]) & 0x3fu);
  }
  text.remove_prefix(size);
  return character;
}

void put_u16(std::string& out, std::uint32_t unit) {
  out.push_back(static_cast<char>(unit >> 8 & 0xff));
  out.push_back(static_cast<char>(unit & 0xff));
}

// A run of other characters: UTF-16 in base64 with ',' for '/' and without padding.
void end_run(std::string& out, std::string& utf16) {
  if (utf16.empty()) return;
  std::string text = to_base64(utf16);
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) {
    if (c == '/') c = ',';
  }
  out += '&' + text + '-';
  utf16.clear();
}

}  // namespace

std::string folder_name(std::string_view utf8) {
  if (!is_valid_utf8(utf8)) return std::string(utf8);
  std::string out, utf16;
  while (!utf8.empty()) {
    const std::uint32_t c = take_character(utf8);
    if (c >= 0x20 && c <= 0x7e) {
      end_run(out, utf16);
      out.push_back(static_cast<char>(c));
      if (c == '&') out.push_back('-');
    } else if (c < 0x10000) {
      put_u16(utf16, c);
    } else {
      put_u16(utf16, 0xd800 + ((c - 0x10000) >> 10));
      put_u16(utf16, 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  }
  end_run(out, utf16);
  return out;
}

std::string quoted_folder(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  return out + '"';
}

}  // namespace dealog::outbound::imap
