#include "libs/connectors/parse/tree.hpp"

#include <algorithm>
#include <tuple>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

constexpr std::size_t kPathBytes = 500;

void collect(const Node& node, const std::string& name, std::vector<Leaf>& out) {
  if (node.is_scalar()) {
    if (!node.is_null()) out.push_back({name, &node});
    return;
  }
  std::size_t index = 0;
  for (const auto& [key, child] : node.entries) {
    const std::string own = node.kind == Node::Kind::kList ? std::to_string(index++) : key;
    collect(child, name.empty() ? own : name + "[" + own + "]", out);
  }
}

void put_counted(std::string& out, std::string_view text) {
  put_u64(out, text.size());
  out += text;
}

std::string with_lf(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n') continue;
    out += text[i];
  }
  return out;
}

std::unexpected<Error> invalid_path(std::string_view text) {
  return fail(
      ErrorKind::kInvalid, "invalid_path",
      quoted(text) + " is not a path such as contact.tel, items[0].price or [\"Your name\"]");
}

// Reads what stands between '[' and ']' from `at` on, which is just after '['.
bool read_bracket(std::string_view text, std::size_t& at, std::string& segment) {
  if (at < text.size() && text[at] == '"') {
    const auto quote = text.find('"', at + 1);
    if (quote == std::string_view::npos || quote + 1 >= text.size() || text[quote + 1] != ']') {
      return false;
    }
    segment = text.substr(at + 1, quote - at - 1);
    at = quote + 2;
    return true;
  }
  const auto close = text.find(']', at);
  if (close == std::string_view::npos) return false;
  segment = text.substr(at, close - at);
  at = close + 1;
  return true;
}

}  // namespace

Node Node::of_text(std::string value) { return {Kind::kText, std::move(value), {}}; }
Node Node::map() { return {Kind::kMap, {}, {}}; }
Node Node::list() { return {Kind::kList, {}, {}}; }

const Node* Node::find(std::string_view key) const {
  if (kind == Kind::kMap) {
    const auto it = std::find_if(entries.rbegin(), entries.rend(),
                                 [&](const auto& entry) { return entry.key == key; });
    return it == entries.rend() ? nullptr : &it->node;
  }
  if (kind == Kind::kList) {
    const auto index = parse_number<std::size_t>(key);
    return index && *index < entries.size() ? &entries[*index].node : nullptr;
  }
  return nullptr;
}

const Node* Node::find(std::initializer_list<std::string_view> keys) const {
  const Node* node = this;
  for (const auto key : keys) {
    node = node->find(key);
    if (!node) return nullptr;
  }
  return node;
}

std::optional<std::string> Node::text_of(std::string_view key) const { return text_of({key}); }

std::optional<std::string> Node::text_of(std::initializer_list<std::string_view> keys) const {
  const Node* node = find(keys);
  if (!node || !node->is_scalar() || node->is_null()) return std::nullopt;
  return node->text;
}

Result<Path> Path::parse(std::string_view text) {
  if (text.empty() || text.size() > kPathBytes) return invalid_path(text);
  Path path{std::string(text), {}};
  std::size_t at = 0;
  bool name_expected = true;
  while (at < text.size()) {
    std::string segment;
    if (text[at] == '[') {
      if (!read_bracket(text, ++at, segment)) return invalid_path(text);
    } else {
      if (!name_expected) {
        if (text[at] != '.') return invalid_path(text);
        ++at;
      }
      const auto end = std::min(text.find_first_of(".[", at), text.size());
      segment = text.substr(at, end - at);
      at = end;
    }
    if (segment.empty() || path.segments.size() == kNestingDepth) return invalid_path(text);
    path.segments.push_back(std::move(segment));
    name_expected = false;
  }
  if (text.ends_with('.')) return invalid_path(text);
  return path;
}

const Node* Path::find(const Node& root) const {
  if (const Node* exact = root.find(text)) return exact;
  const Node* node = &root;
  for (const auto& segment : segments) {
    node = node->find(segment);
    if (!node) return nullptr;
  }
  return node;
}

std::vector<Leaf> leaves(const Node& root) {
  std::vector<Leaf> out;
  collect(root, "", out);
  return out;
}

std::string content_hash(const Node& root, const std::vector<std::string>& without) {
  std::vector<std::tuple<std::string, std::size_t, const Node*>> all;
  for (auto& leaf : leaves(root)) {
    if (leaf.node->text.empty()) continue;
    if (std::find(without.begin(), without.end(), leaf.name) != without.end()) continue;
    all.emplace_back(std::move(leaf.name), all.size(), leaf.node);
  }
  std::sort(all.begin(), all.end());
  std::string canonical;
  for (const auto& [name, position, node] : all) {
    put_counted(canonical, name);
    put_counted(canonical, with_lf(node->text));
  }
  return to_hex(sha256(canonical));
}

}  // namespace dealog::connectors
