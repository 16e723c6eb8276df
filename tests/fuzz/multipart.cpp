// Multipart bodies. The first line of the input is the Content-Type.
#include "libs/connectors/parse/multipart.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/media_type.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog;
  using namespace dealog::connectors;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\n');
  if (end == std::string_view::npos) return 0;
  const std::string boundary = parse_header_value(text.substr(0, end)).parameter("boundary");
  const std::string_view body = text.substr(end + 1);
  const auto parts = parse_multipart(body, boundary);
  if (!parts) return 0;
  DEALOG_ASSERT(parts->size() <= kMultipartParts);
  std::size_t bytes = 0;
  for (const auto& part : *parts) {
    DEALOG_ASSERT(part.name.size() <= kFieldNameBytes);
    bytes += part.content.size();
  }
  DEALOG_ASSERT(bytes <= body.size());
  return 0;
}
