// A mail of a mailbox: what arrived, and what lies in the folder of sent ones.
#include "libs/connectors/imap/imap.hpp"
#include "libs/connectors/imap/oauth.hpp"
#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& provider = imap::provider();
  static const auto settings =
      parse_settings("imap", {{"mailbox", {{"host", "h"}, {"user", "us@studio.example"}}}}, "s")
          .value();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzzing::check(provider, settings, input);
  Delivery delivery = fuzzing::delivery_of(input);
  delivery.method = "FETCH";
  delivery.suffix = imap::kSent;
  if (const auto facts = provider.decode(delivery, settings)) {
    for (const auto& fact : *facts) fuzzing::check_fact(fact);
  }
  (void)imap::read_token(200, input);
  return 0;
}
