// Settings of a source: what is accepted is shown and read back as the same.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/connectors/provider.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  namespace json = boost::json;
  json::error_code error;
  const auto value =
      json::parse(json::string_view(reinterpret_cast<const char*>(data), size), error);
  if (error) return 0;
  for (const Provider* provider : all_providers()) {
    const auto settings = parse_settings(provider->name(), value, "secret");
    if (!settings) {
      DEALOG_ASSERT(!settings.error().fields.empty());
      continue;
    }
    const json::object shown = to_json(*settings);
    const auto again = parse_settings(provider->name(), shown, "secret");
    DEALOG_ASSERT(again && to_json(*again) == shown);
  }
  return 0;
}
