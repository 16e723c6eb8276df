#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& uis_comagic = *find_provider("uis-comagic");
  static const auto settings = parse_settings("uis-comagic", nullptr).value();
  fuzzing::check(uis_comagic, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
