#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& mango_office = *find_provider("mango-office");
  static const auto settings = parse_settings("mango-office", nullptr, "key:salt").value();
  fuzzing::check(mango_office, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
