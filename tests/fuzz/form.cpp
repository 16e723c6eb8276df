// Urlencoded forms: whatever comes, the fields stay within the limits and survive a second trip.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/base/encoding.hpp"
#include "libs/connectors/parse/charset.hpp"
#include "libs/connectors/parse/limits.hpp"
#include "libs/connectors/parse/urlencoded.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog;
  using namespace dealog::connectors;
  const auto fields = parse_urlencoded({reinterpret_cast<const char*>(data), size});
  if (!fields) return 0;
  DEALOG_ASSERT(fields->size() <= kFormFields);
  std::string again;
  for (const auto& field : *fields) {
    DEALOG_ASSERT(field.name.size() <= kFieldNameBytes);
    again += percent_encode(field.name) + "=" + percent_encode(field.value) + "&";
    for (const char* charset : {"utf-8", "windows-1251", "koi8-r", "cp866"}) {
      (void)to_utf8(field.value, charset);
      DEALOG_ASSERT(to_utf8(field.value, charset, BadBytes::kReplace).has_value());
    }
  }
  DEALOG_ASSERT(parse_urlencoded(again).value() == *fields);
  return 0;
}
