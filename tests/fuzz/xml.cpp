// A tree, or an error; never more elements or depth than the limits say.
#include "libs/connectors/parse/xml.hpp"

#include <cstddef>
#include <cstdint>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace {

using namespace dealog;
using connectors::XmlElement;

std::size_t check(const XmlElement& element, std::size_t depth) {
  DEALOG_ASSERT(depth <= connectors::kXmlDepth);
  DEALOG_ASSERT(is_valid_utf8(element.name) && is_valid_utf8(element.text));
  DEALOG_ASSERT(element.attributes.size() <= connectors::kXmlAttributes);
  std::size_t nodes = 1;
  for (const auto& child : element.children) nodes += check(child, depth + 1);
  return nodes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto root = connectors::parse_xml({reinterpret_cast<const char*>(data), size});
  if (root) {
    DEALOG_ASSERT(check(*root, 0) <= connectors::kXmlNodes);
  } else {
    DEALOG_ASSERT(is_valid_utf8(root.error().message) && !root.error().code.empty());
  }
  return 0;
}
