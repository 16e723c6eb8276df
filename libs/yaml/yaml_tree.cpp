#include "libs/yaml/yaml_tree.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "libs/base/text.hpp"

namespace dealog::yaml {
namespace {

// Thrown by the handler to stop yaml-cpp in the middle, and caught in parse only.
struct Stop {
  Problem problem;
};

class TreeBuilder : public YAML::EventHandler {
 public:
  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) stop(mark, "expected one document; '---' begins a second one");
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    attach(node(Node::Kind::kNull, mark, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override {
    stop(mark, "aliases (*name) are not read here; write the part out again");
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node scalar = node(Node::Kind::kScalar, mark, tag, anchor);
    scalar.text = value;
    attach(std::move(scalar));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(node(Node::Kind::kList, mark, tag, anchor), mark);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(node(Node::Kind::kMap, mark, tag, anchor), mark);
  }
  void OnMapEnd() override { close(); }

 private:
  [[noreturn]] static void stop(const YAML::Mark& mark, std::string message) {
    throw Stop{{mark.line + 1, mark.column + 1, std::move(message)}};
  }

  Node node(Node::Kind kind, const YAML::Mark& mark, const std::string& tag,
            YAML::anchor_t anchor) {
    if (anchor != 0) stop(mark, "anchors (&name) are not read here; write the part out again");
    // yaml-cpp marks a plain scalar "?" and a quoted one "!".
    if (!tag.empty() && tag != "?" && tag != "!") stop(mark, "tags (!name) are not read here");
    if (++nodes_ > kNodes) {
      stop(mark, fmt::format("the file has more than {} values", kNodes));
    }
    Node made;
    made.kind = kind;
    made.line = mark.line + 1;
    made.column = mark.column + 1;
    return made;
  }

  void open(Node opened, const YAML::Mark& mark) {
    if (expects_key()) stop(mark, "expected a word as the key");
    if (stack_.size() >= kDepth) {
      stop(mark, fmt::format("nested deeper than {} levels", kDepth));
    }
    stack_.push_back(std::move(opened));
  }

  void close() {
    Node done = std::move(stack_.back());
    stack_.pop_back();
    attach(std::move(done));
  }

  bool expects_key() const {
    return !stack_.empty() && stack_.back().kind == Node::Kind::kMap &&
           stack_.back().keys.size() == stack_.back().items.size();
  }

  void attach(Node done) {
    if (stack_.empty()) {
      root_ = std::move(done);
    } else if (expects_key()) {
      stack_.back().keys.push_back({std::move(done.text), done.line, done.column});
    } else {
      // An empty value is marked where the next thing begins; its key says more.
      if (done.kind == Node::Kind::kNull && stack_.back().kind == Node::Kind::kMap) {
        done.line = stack_.back().keys.back().line;
        done.column = stack_.back().keys.back().column;
      }
      stack_.back().items.push_back(std::move(done));
    }
  }

  Node root_;
  std::vector<Node> stack_;
  std::size_t nodes_ = 0;
  int documents_ = 0;
};

// Where `offset` is, as people count.
Problem problem_at(std::string_view text, std::size_t offset, std::string message) {
  const std::string_view before = text.substr(0, offset);
  const auto last_break = before.rfind('\n');
  const std::size_t column =
      last_break == std::string_view::npos ? offset : offset - last_break - 1;
  return {static_cast<int>(std::ranges::count(before, '\n')) + 1, static_cast<int>(column) + 1,
          std::move(message)};
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\r' && c != '\t') || byte == 0x7F;
}

std::expected<void, Problem> check_bytes(std::string_view text) {
  if (text.size() > kFileBytes) {
    return std::unexpected(Problem{
        1, 1, fmt::format("the file has {} bytes; at most {} are read", text.size(), kFileBytes)});
  }
  if (!is_valid_utf8(text)) {
    std::size_t good = 0;
    for (std::size_t end = text.find('\n'); end != std::string_view::npos;
         end = text.find('\n', good)) {
      if (!is_valid_utf8(text.substr(good, end - good))) break;
      good = end + 1;
    }
    return std::unexpected(problem_at(text, good, "this line is not valid UTF-8"));
  }
  // yaml-cpp would take leading zero bytes for UTF-16.
  if (const auto control = std::ranges::find_if(text, is_control); control != text.end()) {
    return std::unexpected(problem_at(text, static_cast<std::size_t>(control - text.begin()),
                                      "a control character; only text is expected"));
  }
  return {};
}

}  // namespace

std::expected<Node, Problem> parse(std::string_view text) {
  if (auto checked = check_bytes(text); !checked) return std::unexpected(checked.error());
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    TreeBuilder builder;
    while (parser.HandleNextDocument(builder)) {
    }
    Node root = builder.take_root();
    root.line = std::max(root.line, 1);  // a file of comments alone has no root to mark
    root.column = std::max(root.column, 1);
    return root;
  } catch (const Stop& stop) {
    return std::unexpected(stop.problem);
  } catch (const YAML::Exception& error) {
    const bool known = !error.mark.is_null();
    return std::unexpected(Problem{known ? error.mark.line + 1 : 0,
                                   known ? error.mark.column + 1 : 0,
                                   fmt::format("not valid YAML: {}", error.msg)});
  } catch (const std::exception& error) {
    return std::unexpected(Problem{0, 0, fmt::format("not readable: {}", error.what())});
  }
}

}  // namespace dealog::yaml
