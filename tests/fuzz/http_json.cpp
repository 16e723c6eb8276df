// Any bytes as a JSON body: no crash, bounded errors, and what is accepted is accepted again when
// it is written out.
#include <boost/json/serialize.hpp>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/http/limits.hpp"

using namespace dealog;
using namespace dealog::http;

namespace {

void read_everything(ObjectReader& in, int depth) {
  (void)in.required_string("title", 20);
  (void)in.optional_text("note", 20);
  (void)in.required_integer("n", -5, 5);
  (void)in.optional_decimal("q", 3, 0, 1'000'000);
  (void)in.optional_bool("b");
  (void)in.optional_money("amount", MoneyRange::kPositive);
  (void)in.optional_time("at");
  (void)in.optional_date("day");
  (void)in.optional_id<DealId>("deal");
  (void)in.optional_code("code");
  (void)in.string_array("tags", 5, 10);
  (void)in.optional_raw_object("custom");
  if (depth == 0) return;
  if (auto object = in.optional_object("o")) read_everything(*object, depth - 1);
  in.each_object("lines", 5, [&](ObjectReader& line) { read_everything(line, depth - 1); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  auto document = JsonDocument::parse(text, size % 2 ? Language::kRu : Language::kEn);
  if (!document) {
    DEALOG_ASSERT(document.error().code == "invalid_json");
    return 0;
  }
  DEALOG_ASSERT(is_valid_utf8(text));
  DEALOG_ASSERT(parse_json(boost::json::serialize(document->value())).has_value());
  read_everything(document->object(), 2);
  const auto result = document->finish();
  if (result) return 0;
  DEALOG_ASSERT(result.error().fields.size() <= kFieldErrors);
  for (const auto& field : result.error().fields) {
    DEALOG_ASSERT(field.pointer.empty() || field.pointer.starts_with('/'));
    DEALOG_ASSERT(is_valid_utf8(field.pointer) && is_valid_utf8(field.message));
  }
  return 0;
}
