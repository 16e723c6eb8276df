#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& zadarma = *find_provider("zadarma");
  static const auto settings = parse_settings("zadarma", nullptr, "secret").value();
  fuzzing::check(zadarma, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
