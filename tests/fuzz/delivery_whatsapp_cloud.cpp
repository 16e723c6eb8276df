#include "tests/fuzz/delivery.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& whatsapp_cloud = *find_provider("whatsapp-cloud");
  static const auto settings = parse_settings("whatsapp-cloud", nullptr, "secret").value();
  fuzzing::check(whatsapp_cloud, settings, {reinterpret_cast<const char*>(data), size});
  return 0;
}
