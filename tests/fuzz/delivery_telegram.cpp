#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& telegram = *find_provider("telegram");
  static const auto settings = parse_settings("telegram", nullptr, "secret").value();
  fuzzing::check(telegram, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
