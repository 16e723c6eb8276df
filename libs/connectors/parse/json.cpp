#include "libs/connectors/parse/json.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include "libs/base/limits.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

namespace json = boost::json;
using json::error_code;
using json::string_view;

// What Boost.JSON's event parser calls. Open containers are on a stack; a finished value goes
// into the one below it.
class TreeBuilder {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

  Node take() { return std::move(root_); }
  bool too_many() const { return nodes_ > kJsonNodes; }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code& ec) { return open(Node::map(), ec); }
  bool on_object_end(std::size_t, error_code& ec) { return close(ec); }
  bool on_array_begin(error_code& ec) { return open(Node::list(), ec); }
  bool on_array_end(std::size_t, error_code& ec) { return close(ec); }
  bool on_key_part(string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_key(string_view part, std::size_t, error_code&) {
    collect(part);
    stack_.back().key = std::move(text_);
    text_.clear();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) { return collect(part); }
  bool on_string(string_view part, std::size_t, error_code& ec) {
    return scalar(Node::Kind::kText, part, ec);
  }
  bool on_number_part(string_view part, error_code&) { return collect(part); }
  bool on_int64(std::int64_t, string_view part, error_code& ec) {
    return scalar(Node::Kind::kNumber, part, ec);
  }
  bool on_uint64(std::uint64_t, string_view part, error_code& ec) {
    return scalar(Node::Kind::kNumber, part, ec);
  }
  bool on_double(double, string_view part, error_code& ec) {
    return scalar(Node::Kind::kNumber, part, ec);
  }
  bool on_bool(bool value, error_code& ec) {
    return scalar(Node::Kind::kBool, value ? "true" : "false", ec);
  }
  bool on_null(error_code& ec) { return scalar(Node::Kind::kNull, {}, ec); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  struct Open {
    Node node;
    std::string key;  // of the member that is being read
  };

  bool collect(string_view part) {
    text_.append(part.data(), part.size());
    return true;
  }
  bool scalar(Node::Kind kind, string_view part, error_code& ec) {
    collect(part);
    Node node{kind, std::move(text_), {}};
    text_.clear();
    return count(ec) && put(std::move(node));
  }
  bool open(Node node, error_code& ec) {
    stack_.push_back({std::move(node), {}});
    return count(ec);
  }
  bool close(error_code&) {
    Node done = std::move(stack_.back().node);
    stack_.pop_back();
    return put(std::move(done));
  }
  bool put(Node node) {
    if (stack_.empty()) {
      root_ = std::move(node);
    } else {
      stack_.back().node.entries.emplace_back(std::move(stack_.back().key), std::move(node));
      stack_.back().key.clear();
    }
    return true;
  }
  bool count(error_code& ec) {
    if (++nodes_ <= kJsonNodes) return true;
    ec = json::error::array_too_large;
    return false;
  }

  std::vector<Open> stack_;
  Node root_;
  std::string text_;
  std::size_t nodes_ = 0;
};

}  // namespace

Result<Node> parse_json(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  json::parse_options options;
  options.max_depth = limits::kJsonDepth;
  json::basic_parser<TreeBuilder> parser(options);
  error_code ec;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), ec);
  if (parser.handler().too_many()) {
    return fail(ErrorKind::kTooLarge, "json_too_large",
                "the JSON text holds more than " + std::to_string(kJsonNodes) + " values");
  }
  if (ec == json::error::too_deep) {
    return fail(ErrorKind::kTooLarge, "json_too_deep",
                "the JSON text nests deeper than " + std::to_string(limits::kJsonDepth));
  }
  const bool rest = text.find_first_not_of(" \t\r\n", read) != std::string_view::npos;
  if (ec || rest) {
    return fail(ErrorKind::kInvalid, "malformed_json",
                "the body is not JSON, or ends too early: " +
                    (ec ? ec.message() : std::string("more text after the value")) + " at byte " +
                    std::to_string(read));
  }
  return parser.handler().take();
}

}  // namespace dealog::connectors
