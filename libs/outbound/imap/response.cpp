#include "libs/outbound/imap/response.hpp"

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"

namespace dealog::outbound::imap {
namespace {

std::string to_upper_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// The word at the beginning of `text`, which is taken off with the blank behind it.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(' '), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

void take_code(std::string_view& text, Response& out) {
  if (!text.starts_with('[')) return;
  const auto end = text.find(']');
  if (end == text.npos) return;
  std::string_view inside = text.substr(1, end - 1);
  text.remove_prefix(std::min(end + 2, text.size()));
  out.code = to_upper_ascii(take_word(inside));
  out.code_value = inside;
}

std::unexpected<Error> not_understood() {
  return fail(ErrorKind::kUnavailable, "answer_not_understood",
              "the server's answer is not one of IMAP");
}

class ValueReader {
 public:
  ValueReader(std::string_view text, std::vector<std::string>& literals)
      : text_(text), literals_(literals) {}

  Result<std::vector<Value>> read(std::size_t depth = 0) {
    std::vector<Value> out;
    for (;;) {
      while (text_.starts_with(' ') || text_.starts_with('\t')) text_.remove_prefix(1);
      if (text_.empty()) {
        if (depth > 0) return not_understood();
        return out;
      }
      if (text_.front() == ')') {
        if (depth == 0) return not_understood();
        text_.remove_prefix(1);
        return out;
      }
      if (++count_ > kValues) return not_understood();
      out.push_back(TRY(read_one(depth)));
    }
  }

 private:
  Result<Value> read_one(std::size_t depth) {
    const char first = text_.front();
    if (first == '(') {
      if (depth == kValueDepth) return not_understood();
      text_.remove_prefix(1);
      return Value{Value::Kind::kList, {}, TRY(read(depth + 1))};
    }
    if (first == '"') return quoted_text();
    if (first == kLiteralMark) {
      if (next_literal_ == literals_.size()) return not_understood();
      text_.remove_prefix(1);
      return Value{Value::Kind::kText, std::move(literals_[next_literal_++])};
    }
    return atom();
  }

  Result<Value> quoted_text() {
    Value out{Value::Kind::kText, {}};
    for (std::size_t i = 1; i < text_.size(); ++i) {
      char c = text_[i];
      if (c == '"') {
        text_.remove_prefix(i + 1);
        return out;
      }
      if (c == '\\' && ++i < text_.size()) c = text_[i];
      out.text.push_back(c);
    }
    return not_understood();
  }

  // Blanks and parentheses inside of brackets belong to it: BODY[HEADER.FIELDS (DATE)].
  Result<Value> atom() {
    std::size_t end = 0, brackets = 0;
    for (; end < text_.size(); ++end) {
      const char c = text_[end];
      if (c == '[') ++brackets;
      if (c == ']' && brackets > 0) --brackets;
      if (brackets == 0 && (c == ' ' || c == '(' || c == ')' || c == '"' || c == kLiteralMark)) {
        break;
      }
    }
    Value out{Value::Kind::kAtom, std::string(text_.substr(0, end))};
    text_.remove_prefix(end);
    if (equals_ignoring_case_ascii(out.text, "NIL")) return Value{};
    return out;
  }

  std::string_view text_;
  std::vector<std::string>& literals_;
  std::size_t next_literal_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

Response parse_response(RawResponse raw) {
  Response out;
  std::string_view text = raw.text;
  out.tag = take_word(text);
  if (!out.is_continuation()) {
    std::string_view word = take_word(text);
    if (out.is_untagged()) out.number = parse_number<std::uint64_t>(word);
    if (out.number) word = take_word(text);
    out.name = to_upper_ascii(word);
    take_code(text, out);
  }
  out.rest = text;
  out.literals = std::move(raw.literals);
  return out;
}

Result<std::vector<Value>> take_values(Response& response) {
  return ValueReader(response.rest, response.literals).read();
}

std::vector<std::uint64_t> numbers_of(std::string_view text) {
  std::vector<std::uint64_t> out;
  while (!text.empty()) {
    if (const auto number = parse_number<std::uint64_t>(take_word(text))) out.push_back(*number);
  }
  return out;
}

Value* fetched(std::vector<Value>& items, std::string_view name) {
  for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
    if (equals_ignoring_case_ascii(items[i].text, name)) return &items[i + 1];
  }
  return nullptr;
}

}  // namespace dealog::outbound::imap
