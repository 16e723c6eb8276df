// Names with brackets: the tree stays shallow, every leaf is found under its own name, and the
// same fields give the same tree again.
#include "libs/connectors/parse/brackets.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/connectors/generic/form_fields.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

std::size_t depth_of(const Node& node) {
  std::size_t deepest = 0;
  for (const auto& [key, child] : node.entries) deepest = std::max(deepest, depth_of(child));
  return deepest + 1;
}

void check(const std::vector<FormField>& fields, Repeated repeated) {
  const auto tree = build_tree(fields, repeated);
  if (!tree) return;
  DEALOG_ASSERT(depth_of(*tree) <= kNestingDepth + 2);
  const auto all = leaves(*tree);
  DEALOG_ASSERT(all.size() <= fields.size());
  for (const auto& leaf : all) (void)Path::parse(leaf.name);
  DEALOG_ASSERT(generic::form_lines(*tree).size() <= all.size());
  DEALOG_ASSERT(content_hash(*tree, {}) == content_hash(build_tree(fields, repeated).value(), {}));
}

}  // namespace
}  // namespace dealog::connectors

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto fields = parse_urlencoded(text);
  if (!fields) return 0;
  check(*fields, Repeated::kLast);
  check(*fields, Repeated::kCollect);
  const auto path = Path::parse(text);
  if (path) {
    DEALOG_ASSERT(!path->segments.empty() && path->segments.size() <= kNestingDepth);
    if (const auto tree = build_tree(*fields, Repeated::kLast)) (void)path->find(*tree);
  }
  return 0;
}
