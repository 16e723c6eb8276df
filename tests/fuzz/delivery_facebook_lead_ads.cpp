// What was asked for as well: an input that begins with "FETCHED <what>" is an answer of the API.
#include "tests/fuzz/fetched.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& provider = *find_provider("facebook-lead-ads");
  static const auto settings =
      parse_settings("facebook-lead-ads",
                     {{"api_url", "https://crm.example.com"}, {"crm_account", "777"}},
                     {{"", "secret"}, {"api", "token"}})
          .value();
  fuzzing::check_crm(provider, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
