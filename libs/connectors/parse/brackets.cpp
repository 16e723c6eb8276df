#include "libs/connectors/parse/brackets.hpp"

#include <algorithm>

#include "libs/base/number.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

// "a[b][]" → {"a", "b", ""}; one segment, the name itself, when the brackets do not pair.
std::vector<std::string> segments_of(const std::string& name) {
  const auto open = name.find('[');
  if (open == std::string::npos || open == 0 || !name.ends_with(']')) return {name};
  std::vector<std::string> segments{name.substr(0, open)};
  std::size_t at = open;
  while (at < name.size()) {
    const auto close = name.find(']', at);
    if (name[at] != '[' || close == std::string::npos) return {name};
    segments.push_back(name.substr(at + 1, close - at - 1));
    if (segments.back().find('[') != std::string::npos) return {name};
    at = close + 1;
  }
  return segments;
}

std::string next_index(const Node& node) {
  std::uint64_t next = 0;
  for (const auto& [key, child] : node.entries) {
    // An index that has no successor is as good as a word.
    const auto index = parse_number<std::uint64_t>(key);
    if (index && *index != UINT64_MAX) next = std::max(next, *index + 1);
  }
  return std::to_string(next);
}

Node& entry(Node& parent, const std::string& key) {
  for (auto& [own, child] : parent.entries) {
    if (own == key) return child;
  }
  return parent.entries.emplace_back(key, Node{}).node;
}

void put_value(Node& place, std::string value, Repeated repeated) {
  if (repeated == Repeated::kCollect && place.kind == Node::Kind::kText) {
    Node first = std::move(place);
    place = Node::list();
    place.entries.emplace_back("", std::move(first));
  }
  if (repeated == Repeated::kCollect && place.kind == Node::Kind::kList) {
    place.entries.emplace_back("", Node::of_text(std::move(value)));
    return;
  }
  place = Node::of_text(std::move(value));
}

}  // namespace

Result<Node> build_tree(std::vector<FormField> fields, Repeated repeated) {
  Node root = Node::map();
  for (auto& field : fields) {
    const auto segments = segments_of(field.name);
    if (segments.size() > kNestingDepth) {
      return fail(
          ErrorKind::kTooLarge, "nesting_too_deep",
          "a field of the form nests deeper than " + std::to_string(kNestingDepth) + " brackets");
    }
    Node* place = &root;
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (place->kind != Node::Kind::kMap) *place = Node::map();
      const bool append = i > 0 && segments[i].empty();
      place = &entry(*place, append ? next_index(*place) : segments[i]);
    }
    put_value(*place, std::move(field.value), repeated);
  }
  return root;
}

}  // namespace dealog::connectors
