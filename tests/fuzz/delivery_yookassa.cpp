#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& yookassa = *find_provider("yookassa");
  static const auto settings = parse_settings("yookassa", nullptr).value();
  fuzzing::check(yookassa, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
