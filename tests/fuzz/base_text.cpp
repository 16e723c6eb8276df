// Every parser of libs/base on one input: nothing crashes, and what is accepted keeps its laws.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/id.hpp"
#include "libs/base/money.hpp"
#include "libs/base/phone.hpp"
#include "libs/base/text.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog {
namespace {

void check_numbers(std::string_view text) {
  if (const auto money = Money::parse(text, "RUB")) {
    DEALOG_ASSERT(Money::parse(money->decimal(), "RUB").value() == *money);
  }
  if (const auto instant = Timestamp::parse(text)) {
    DEALOG_ASSERT(Timestamp::parse(instant->rfc3339()).value() == *instant);
  }
  if (const auto date = Date::parse(text)) DEALOG_ASSERT(date->text() == text);
  if (const auto id = DealId::parse(text)) DEALOG_ASSERT(id->text() == text);
}

void check_bytes(std::string_view text) {
  if (const auto bytes = from_hex(text)) DEALOG_ASSERT(bytes->size() * 2 == text.size());
  if (const auto bytes = from_base64(text)) {
    DEALOG_ASSERT(from_base64(to_base64url(*bytes)).value() == *bytes);
  }
  for (const bool form : {false, true}) {
    if (const auto plain = percent_decode(text, form)) {
      DEALOG_ASSERT(percent_decode(percent_encode(*plain), form).value() == *plain);
    }
  }
}

void check_text(std::string_view text) {
  if (const auto address = normalise_email(text)) {
    DEALOG_ASSERT(normalise_email(*address) == address);
  }
  if (is_valid_utf8(text)) {
    DEALOG_ASSERT(is_valid_utf8(utf8_prefix(text, text.size() / 2)));
    DEALOG_ASSERT(fold_case(fold_case(text)) == fold_case(text));
  }
  for (const auto& word : words(text)) DEALOG_ASSERT(!word.empty());
  DEALOG_ASSERT(trim(trim(text)) == trim(text));
  const Phone phone = parse_phone(text, "RU");
  if (phone.valid) DEALOG_ASSERT(parse_phone(phone.e164, "").e164 == phone.e164);
  (void)check_time_zone(text);
}

}  // namespace
}  // namespace dealog

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  dealog::check_numbers(text);
  dealog::check_bytes(text);
  dealog::check_text(text);
  return 0;
}
