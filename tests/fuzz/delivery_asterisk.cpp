#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& asterisk = *find_provider("asterisk");
  static const auto settings = parse_settings("asterisk", nullptr).value();
  fuzzing::check(asterisk, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
