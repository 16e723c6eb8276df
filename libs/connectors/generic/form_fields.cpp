#include "libs/connectors/generic/form_fields.hpp"

#include <algorithm>

#include "libs/base/text.hpp"
#include "libs/connectors/lead/field_roles.hpp"

namespace dealog::connectors::generic {
namespace {

bool is_wrapper(std::string_view key) {
  constexpr std::string_view kWrappers[] = {"contact", "person", "client",  "customer",
                                            "user",    "lead",   "data",    "fields",
                                            "form",    "utm",    "payload", "values"};
  const std::string lower = to_lower_ascii(key);
  return std::find(std::begin(kWrappers), std::end(kWrappers), lower) != std::end(kWrappers);
}

bool is_number(std::string_view key) {
  return !key.empty() &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// A list, or a map with numbers for keys as `topic[]` makes it, of scalars only.
bool is_scalar_list(const Node& node) {
  return !node.is_scalar() && !node.entries.empty() &&
         std::all_of(node.entries.begin(), node.entries.end(), [&](const auto& entry) {
           return entry.node.is_scalar() &&
                  (node.kind == Node::Kind::kList || is_number(entry.key));
         });
}

void collect(const Node& node, const std::string& prefix, bool wrapped,
             std::vector<FormLine>& out) {
  std::size_t index = 0;
  for (const auto& [key, child] : node.entries) {
    const std::string own = node.kind == Node::Kind::kList ? std::to_string(index++) : key;
    const std::string full = prefix.empty() ? own : prefix + "[" + own + "]";
    if (!child.is_scalar() && !is_scalar_list(child)) {
      collect(child, full, (prefix.empty() || wrapped) && is_wrapper(own), out);
      continue;
    }
    const bool recognised = wrapped && role_of(own) != FieldRole::kNone;
    FormLine line{recognised ? own : full, text_of(child), {&child}};
    for (const auto& [position, item] : child.entries) line.nodes.push_back(&item);
    if (!line.value.empty()) out.push_back(std::move(line));
  }
}

}  // namespace

std::string text_of(const Node& node) {
  if (node.is_scalar()) return node.text;
  if (!is_scalar_list(node)) return {};
  std::string out;
  for (const auto& [key, item] : node.entries) {
    if (item.text.empty()) continue;
    if (!out.empty()) out += ", ";
    out += item.text;
  }
  return out;
}

std::vector<FormLine> form_lines(const Node& root) {
  std::vector<FormLine> out;
  collect(root, "", false, out);
  return out;
}

}  // namespace dealog::connectors::generic
