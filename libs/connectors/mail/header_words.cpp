#include "libs/connectors/mail/header_words.hpp"

#include <optional>
#include <utility>

#include "libs/base/text.hpp"
#include "libs/connectors/parse/charset_guess.hpp"

namespace dealog::connectors::mail {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escaped = text[i] == '=' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                         hex_digit(text[i + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      out += text[i] == '_' ? ' ' : text[i];
    }
  }
  return out;
}

int base64_digit(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  return c == '+' ? 62 : c == '/' ? 63 : -1;
}

// Skips what is no digit and does without padding.
std::string decode_b(std::string_view text) {
  std::string out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = base64_digit(c);
    if (digit < 0) continue;
    bits = (bits << 6) | static_cast<unsigned>(digit);
    count += 6;
    if (count < 8) continue;
    count -= 8;
    out += static_cast<char>(bits >> count);
    bits &= (1u << count) - 1;
  }
  return out;
}

struct Word {
  std::string_view charset;
  std::string bytes;
  std::size_t length = 0;  // in the header
};

// The encoded word that `text` begins with.
std::optional<Word> word_at(std::string_view text) {
  constexpr std::size_t kCharsetBytes = 40;
  if (!text.starts_with("=?")) return std::nullopt;
  const auto charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end == 2 || charset_end > kCharsetBytes) {
    return std::nullopt;
  }
  if (charset_end + 2 >= text.size() || text[charset_end + 2] != '?') return std::nullopt;
  const char encoding = static_cast<char>(text[charset_end + 1] | 0x20);
  if (encoding != 'b' && encoding != 'q') return std::nullopt;
  const auto start = charset_end + 3;
  auto end = text.find("?=", start);
  std::size_t length = end + 2;
  if (end == text.npos) {
    // Without its end it reaches to the next blank.
    end = std::min(text.find_first_of(" \t\r\n<\"", start), text.size());
    length = end;
    if (end > start && text[end - 1] == '?') --end;
  }
  const auto body = text.substr(start, end - start);
  auto charset = text.substr(2, charset_end - 2);
  charset = charset.substr(0, charset.find('*'));  // RFC 2231: charset*language
  return Word{charset, encoding == 'b' ? decode_b(body) : decode_q(body), length};
}

class Decoder {
 public:
  explicit Decoder(bool quoted) : quoted_(quoted) {}

  std::string run(std::string_view raw) {
    // A sender that writes bytes without saying what they are means one charset by all of them.
    const std::string text = text_of(raw, "");
    std::string_view rest = text;
    while (!rest.empty()) {
      if (const auto word = word_at(rest)) {
        add(*word);
        rest.remove_prefix(word->length);
      } else {
        copy(rest);
      }
    }
    flush();
    return std::string(trim(out_));
  }

 private:
  void add(const Word& word) {
    const bool same = pending_ && equals_ignoring_case_ascii(charset_, word.charset);
    // White space between two encoded words is none; a character may be split between them.
    if (!pending_) out_ += blanks_;
    blanks_.clear();
    if (!same) flush();
    charset_ = word.charset;
    bytes_ += word.bytes;
    pending_ = true;
  }

  void copy(std::string_view& rest) {
    const char c = rest.front();
    rest.remove_prefix(1);
    if (is_blank(c)) {
      if (c == ' ' || c == '\t') blanks_ += ' ';
      return;
    }
    flush();
    out_ += blanks_;
    blanks_.clear();
    if (quoted_ && c == '"' && !escaped_ && comments_ == 0) in_quotes_ = !in_quotes_;
    if (quoted_ && !in_quotes_ && !escaped_ && c == '(') ++comments_;
    if (quoted_ && !in_quotes_ && !escaped_ && c == ')' && comments_ > 0) --comments_;
    escaped_ = c == '\\' && !escaped_;
    out_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  }

  void flush() {
    if (!pending_) return;
    const std::string kept = std::exchange(blanks_, {});
    const std::string word = text_of(bytes_, charset_);
    const bool quote = quoted_ && !in_quotes_ && comments_ == 0;
    if (quote) out_ += '"';
    for (const char c : word) {
      if (quoted_ && (c == '"' || c == '\\' || (comments_ > 0 && (c == '(' || c == ')')))) {
        out_ += '\\';
      }
      out_ += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    if (quote) out_ += '"';
    bytes_.clear();
    pending_ = false;
    blanks_ = kept;
  }

  bool quoted_;
  bool in_quotes_ = false;
  bool escaped_ = false;
  int comments_ = 0;
  std::string out_;
  std::string blanks_;  // seen since the last word or character
  bool pending_ = false;
  std::string charset_;
  std::string bytes_;
};

}  // namespace

std::string decode_words(std::string_view raw) { return Decoder(false).run(raw); }

std::string decode_words_quoted(std::string_view raw) { return Decoder(true).run(raw); }

}  // namespace dealog::connectors::mail
