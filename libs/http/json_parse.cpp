// Strict JSON: Boost.JSON's parser with a handler of our own, because its DOM keeps the last of two
// equal keys in silence, and two readers that keep different ones can be played against each other.
#include <algorithm>
#include <cmath>

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/value_stack.hpp>

#include "libs/http/json_reader.hpp"

namespace dealog::http {
namespace {

namespace json = boost::json;
using boost::json::string_view;
using boost::system::error_code;

enum class Refusal { kNone, kDuplicateKey, kNul };

// Builds the value and remembers the keys of the objects that are open.
class StrictHandler {
 public:
  static constexpr std::size_t max_object_size = std::size_t(-1);
  static constexpr std::size_t max_array_size = std::size_t(-1);
  static constexpr std::size_t max_key_size = std::size_t(-1);
  static constexpr std::size_t max_string_size = std::size_t(-1);

  StrictHandler() { stack_.reset(); }
  json::value release() { return stack_.release(); }
  Refusal refusal() const { return refusal_; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    starts_.push_back(keys_.size());
    return true;
  }
  bool on_object_end(std::size_t size, error_code& error) {
    const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(starts_.back());
    std::sort(first, keys_.end());
    if (std::adjacent_find(first, keys_.end()) != keys_.end()) {
      return refuse(Refusal::kDuplicateKey, error);
    }
    keys_.erase(first, keys_.end());
    starts_.pop_back();
    stack_.push_object(size);
    return true;
  }
  bool on_array_begin(error_code&) { return true; }
  bool on_array_end(std::size_t size, error_code&) {
    stack_.push_array(size);
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code& error) {
    key_.append(part.data(), part.size());
    stack_.push_chars(part);
    return no_nul(part, error);
  }
  bool on_key(string_view part, std::size_t, error_code& error) {
    key_.append(part.data(), part.size());
    keys_.push_back(std::exchange(key_, {}));
    stack_.push_key(part);
    return no_nul(part, error);
  }
  bool on_string_part(string_view part, std::size_t, error_code& error) {
    stack_.push_chars(part);
    return no_nul(part, error);
  }
  bool on_string(string_view part, std::size_t, error_code& error) {
    stack_.push_string(part);
    return no_nul(part, error);
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t number, string_view, error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, string_view, error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, string_view, error_code& error) {
    if (!std::isfinite(number)) {
      error = json::error::exponent_overflow;
      return false;
    }
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  bool refuse(Refusal why, error_code& error) {
    refusal_ = why;
    error = json::error::syntax;
    return false;
  }
  bool no_nul(string_view part, error_code& error) {
    return part.find('\0') == string_view::npos || refuse(Refusal::kNul, error);
  }

  json::value_stack stack_;
  std::string key_;                  // the parts of a key so far
  std::vector<std::string> keys_;    // of all open objects
  std::vector<std::size_t> starts_;  // where in keys_ each open object begins
  Refusal refusal_ = Refusal::kNone;
};

struct Reason {
  std::string_view ru;
  std::string_view en;
};

Reason reason_of(Refusal refusal, error_code error) {
  if (refusal == Refusal::kDuplicateKey) return {"ключ повторяется", "a key is there twice"};
  if (refusal == Refusal::kNul) return {"символ NUL в строке", "a string holds NUL"};
  switch (static_cast<json::error>(error.value())) {
    case json::error::incomplete:
      return {"текст обрывается", "the text ends too early"};
    case json::error::extra_data:
      return {"лишний текст после значения", "text after the value"};
    case json::error::too_deep:
      return {"вложенность больше 64", "nested deeper than 64"};
    case json::error::illegal_leading_surrogate:
    case json::error::illegal_trailing_surrogate:
      return {"неполная суррогатная пара", "half of a surrogate pair"};
    case json::error::not_number:
    case json::error::exponent_overflow:
      return {"неверное число", "not a number"};
    default:
      return {"ошибка записи или не UTF-8", "a syntax error, or not UTF-8"};
  }
}

std::unexpected<Error> refused(std::string_view text, std::size_t at, Reason why,
                               Language language) {
  const auto before = text.substr(0, std::min(at, text.size()));
  const auto line = 1 + std::ranges::count(before, '\n');
  const auto line_start = before.rfind('\n');
  const auto column =
      line_start == std::string_view::npos ? before.size() + 1 : before.size() - line_start;
  const bool ru = language == Language::kRu;
  return fail(ErrorKind::kInvalid, "invalid_json",
              fmt::format(fmt::runtime(ru ? "Тело запроса — не JSON: {}, строка {}, знак {}"
                                          : "The body is not JSON: {}, line {}, column {}"),
                          ru ? why.ru : why.en, line, column));
}

}  // namespace

Result<json::value> parse_json(std::string_view text, Language language) {
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  json::basic_parser<StrictHandler> parser(options);
  error_code error;
  const std::size_t used = parser.write_some(false, text.data(), text.size(), error);
  if (!error && used < text.size()) error = json::error::extra_data;
  if (error) {
    return refused(text, used, reason_of(parser.handler().refusal(), error), language);
  }
  return parser.handler().release();
}

}  // namespace dealog::http
