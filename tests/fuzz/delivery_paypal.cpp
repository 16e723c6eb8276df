// No input can carry PayPal's signature, so the event is read beside the provider, too.
#include "libs/connectors/parse/json.hpp"
#include "libs/connectors/paypal/paypal.hpp"
#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& provider = *find_provider("paypal");
  static const auto settings = parse_settings("paypal", nullptr, "webhook").value();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzzing::check(provider, settings, input);
  const auto event = parse_json(fuzzing::delivery_of(input).body);
  if (!event) return 0;
  if (const auto facts = paypal::read_event(*event, settings)) {
    for (const auto& fact : *facts) fuzzing::check_fact(fact);
  }
  return 0;
}
