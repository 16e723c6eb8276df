// Any bytes as an export: items lie within the file and in their order, pages lose none of them,
// and whatever a page holds is understood or refused in words.
#include "libs/connectors/export/export.hpp"

#include <string>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"

using namespace dealog;
using namespace dealog::connectors;

namespace {

void read_page(const ExportedKind& kind, const std::string& page, const SourceSettings& settings) {
  Delivery delivery;
  delivery.suffix = "/exported/" + std::string(kind.what);
  delivery.body = page;
  const auto facts = decode(*find_provider(kind.provider), delivery, settings);
  if (!facts) {
    DEALOG_ASSERT(is_valid_utf8(facts.error().message));
    return;
  }
  DEALOG_ASSERT(!facts->empty());
  for (const auto& fact : *facts) {
    DEALOG_ASSERT(!fact.key.empty() && !fact.fetch);
    boost::json::serialize(normalised(fact));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  const auto items = exported_items(text);
  if (!items) return 0;
  const char* end = text.data();
  for (const auto item : *items) {
    DEALOG_ASSERT(!item.empty() && item.data() >= end);
    end = item.data() + item.size();
  }
  DEALOG_ASSERT(end <= text.data() + text.size());
  static const auto providers = {"amocrm", "pipedrive", "hubspot"};
  const char* provider = *(providers.begin() + data[0] % 3);
  const SourceSettings settings;
  const auto kinds = exported_kinds(provider);
  for (const auto& page : exported_pages(*items)) {
    read_page(kinds[data[0] / 3 % kinds.size()], page, settings);
  }
  return 0;
}
