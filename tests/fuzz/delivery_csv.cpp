#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& provider = *find_provider("csv");
  static const auto settings = parse_settings("csv", nullptr).value();
  fuzzing::check(provider, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
