#include "libs/connectors/mail/html_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include <unicode/utf8.h>

#include "libs/base/text.hpp"

namespace dealog::connectors::mail {
namespace {

constexpr std::array<std::string_view, 30> kBlocks{
    "address",  "article", "aside",  "blockquote", "body", "center",  "dd",    "div", "dl", "dt",
    "fieldset", "figure",  "footer", "form",       "h1",   "h2",      "h3",    "h4",  "h5", "h6",
    "header",   "hr",      "li",     "main",       "ol",   "section", "table", "tr",  "ul", "pre"};
// Their content is no text.
constexpr std::array<std::string_view, 7> kSilent{"head",  "script", "style",   "template",
                                                  "title", "svg",    "noframes"};

constexpr std::array<std::pair<std::string_view, std::uint32_t>, 44> kEntities{
    {{"amp", '&'},       {"lt", '<'},       {"gt", '>'},       {"quot", '"'},
     {"apos", '\''},     {"nbsp", ' '},     {"copy", 0xa9},    {"reg", 0xae},
     {"laquo", 0xab},    {"raquo", 0xbb},   {"mdash", 0x2014}, {"ndash", 0x2013},
     {"hellip", 0x2026}, {"bull", 0x2022},  {"middot", 0xb7},  {"euro", 0x20ac},
     {"pound", 0xa3},    {"yen", 0xa5},     {"cent", 0xa2},    {"sect", 0xa7},
     {"deg", 0xb0},      {"plusmn", 0xb1},  {"times", 0xd7},   {"divide", 0xf7},
     {"lsquo", 0x2018},  {"rsquo", 0x2019}, {"ldquo", 0x201c}, {"rdquo", 0x201d},
     {"bdquo", 0x201e},  {"sbquo", 0x201a}, {"trade", 0x2122}, {"numero", 0x2116},
     {"larr", 0x2190},   {"rarr", 0x2192},  {"shy", 0},        {"zwnj", 0},
     {"auml", 0xe4},     {"ouml", 0xf6},    {"uuml", 0xfc},    {"szlig", 0xdf},
     {"eacute", 0xe9},   {"egrave", 0xe8},  {"agrave", 0xe0},  {"ccedil", 0xe7}}};

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

void append_code_point(std::string& out, std::uint32_t c) {
  // As browsers do: numbers of the C1 range mean windows-1252.
  if (c == 0x96) c = 0x2013;
  if (c == 0x97) c = 0x2014;
  if (c == 0x85) c = 0x2026;
  if (c < 0x20 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)) return;
  char bytes[4];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(bytes, static_cast<std::size_t>(length));
}

// Appends the character of the reference that `text` begins with and returns its length; 0 when
// it is none.
std::size_t read_reference(std::string_view text, std::string& out) {
  constexpr std::size_t kLongest = 12;
  const auto end = text.substr(0, kLongest).find(';');
  if (end == text.npos) return 0;
  std::string_view name = text.substr(1, end - 1);
  if (name.starts_with('#')) {
    name.remove_prefix(1);
    const bool hex = name.starts_with('x') || name.starts_with('X');
    if (hex) name.remove_prefix(1);
    std::uint32_t c = 0;
    const auto [stop, error] =
        std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
    if (error != std::errc() || stop != name.data() + name.size()) return 0;
    append_code_point(out, c == 0xa0 ? ' ' : c == 0xad || c == 0x200b || c == 0x200c ? 0 : c);
    return end + 1;
  }
  for (const auto& [known, c] : kEntities) {
    if (known != name) continue;
    append_code_point(out, c);
    return end + 1;
  }
  return 0;
}

class Reader {
 public:
  explicit Reader(std::string_view html) : rest_(html) {}

  std::string run() {
    while (!rest_.empty()) {
      if (rest_.front() != '<' || !read_markup()) read_text();
    }
    while (!out_.empty() && is_space(out_.back())) out_.pop_back();
    return std::move(out_);
  }

 private:
  // False when the '<' is a character.
  bool read_markup() {
    if (rest_.starts_with("<!--")) {
      skip_past("-->");
      return true;
    }
    const char next = rest_.size() > 1 ? rest_[1] : '\0';
    if (next == '!' || next == '?') {
      skip_past(">");
      return true;
    }
    const bool closing = next == '/';
    if (!is_letter(closing && rest_.size() > 2 ? rest_[2] : next)) return false;
    const auto start = closing ? 2u : 1u;
    auto end = start;
    while (end < rest_.size() && !is_space(rest_[end]) && rest_[end] != '>' && rest_[end] != '/') {
      ++end;
    }
    const std::string name = to_lower_ascii(rest_.substr(start, std::min(end - start, 20u)));
    rest_.remove_prefix(tag_length());
    closing ? close(name) : open(name);
    return true;
  }

  // Up to the '>' that is not within a quoted attribute.
  std::size_t tag_length() const {
    char quote = '\0';
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if ((c == '"' || c == '\'') && rest_[i - 1] == '=') {
        quote = c;
      } else if (c == '>') {
        return i + 1;
      }
    }
    // Never closed: the tag ends at its first '>' after all, or with the text.
    const auto end = rest_.find('>');
    return end == rest_.npos ? rest_.size() : end + 1;
  }

  void open(const std::string& name) {
    if (contains(kSilent, name)) return skip_element(name);
    if (name == "br") return new_line();
    if (name == "p") return new_block(2);
    if (name == "td" || name == "th") return space();
    if (name == "pre") ++preformatted_;
    if (contains(kBlocks, name)) new_block(1);
    if (name == "li") out_ += "- ";
  }

  void close(const std::string& name) {
    if (name == "pre" && preformatted_ > 0) --preformatted_;
    if (name == "p") return new_block(2);
    if (contains(kBlocks, name)) new_block(1);
  }

  void skip_element(const std::string& name) {
    if (unclosed_.find("<" + name) != unclosed_.npos) return;
    const std::string end = "</" + name;
    for (std::size_t at = rest_.find("</"); at != rest_.npos; at = rest_.find("</", at + 2)) {
      if (!equals_ignoring_case_ascii(rest_.substr(at, end.size()), end)) continue;
      rest_.remove_prefix(at);
      rest_.remove_prefix(std::min(rest_.find('>'), rest_.size() - 1) + 1);
      return;
    }
    // Its end is lost: as if there were no tag. Nobody looks for it twice.
    unclosed_ += "<" + name;
  }

  void skip_past(std::string_view mark) {
    const auto at = rest_.find(mark);
    rest_.remove_prefix(at == rest_.npos ? rest_.size() : at + mark.size());
  }

  void read_text() {
    std::size_t taken = 1;
    const char c = rest_.front();
    if (c == '&') {
      std::string character;
      const std::size_t length = read_reference(rest_, character);
      if (length > 0) {
        taken = length;
        character == " " ? space() : put(character);
      } else {
        put("&");
      }
    } else if (is_space(c)) {
      preformatted_ > 0 && c == '\n' ? new_line() : space();
    } else if (rest_.starts_with("\xc2\xa0")) {
      taken = 2;
      space();
    } else if (rest_.starts_with("\xe2\x80\x8b") || rest_.starts_with("\xe2\x80\x8c") ||
               rest_.starts_with("\xef\xbb\xbf")) {
      taken = 3;  // invisible
    } else {
      put(rest_.substr(0, 1));
    }
    rest_.remove_prefix(taken);
  }

  void put(std::string_view text) {
    if (blanks_ && !out_.empty() && !out_.ends_with('\n') && !out_.ends_with(' ')) out_ += ' ';
    blanks_ = false;
    out_ += text;
  }

  void space() {
    if (preformatted_ > 0 && !out_.empty()) {
      out_ += ' ';
    } else {
      blanks_ = true;
    }
  }

  void new_line() {
    blanks_ = false;
    if (out_.empty() || out_.ends_with("\n\n")) return;
    out_ += '\n';
  }

  // A block begins on a line of its own, after `ends` line ends.
  void new_block(int ends) {
    blanks_ = false;
    if (out_.empty()) return;
    if (!out_.ends_with('\n')) out_ += '\n';
    if (ends == 2 && !out_.ends_with("\n\n")) out_ += '\n';
  }

  std::string_view rest_;
  std::string out_;
  bool blanks_ = false;
  int preformatted_ = 0;
  std::string unclosed_;  // silent elements without an end
};

}  // namespace

std::string html_to_text(std::string_view html) { return Reader(html).run(); }

std::string html_charset(std::string_view bytes) {
  const std::string start = to_lower_ascii(bytes.substr(0, 1024));
  const auto at = start.find("charset=");
  if (at == start.npos || start.rfind("<meta", at) == start.npos) return {};
  const auto begin = start.find_first_not_of("\"' ", at + 8);
  if (begin == start.npos) return {};
  const auto end = std::min(start.find_first_of("\"' />;", begin), start.size());
  return start.substr(begin, end - begin);
}

}  // namespace dealog::connectors::mail
