#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& tilda = *find_provider("tilda");
  static const auto settings =
      parse_settings("tilda", {{"auth", {{"in", "field"}, {"name", "key[a]"}}}}, "secret").value();
  fuzzing::check(tilda, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
