#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& twilio = *find_provider("twilio");
  static const auto settings = parse_settings("twilio", nullptr, "token").value();
  fuzzing::check(twilio, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
