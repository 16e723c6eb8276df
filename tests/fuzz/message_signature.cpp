// The two headers of RFC 9421: the first line of an input is Signature-Input, the second Signature.
#include "libs/connectors/signature/message_signature.hpp"

#include "libs/base/assert.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const auto settings = parse_settings("rfc9421", {{"tolerance_s", 300}}, "secret").value();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  Delivery delivery;
  delivery.headers = {{"Host", "crm.example.com"},
                      {"Signature-Input", std::string(input.substr(0, end))},
                      {"Signature", std::string(input.substr(std::min(end + 1, input.size())))}};
  delivery.path = "/hooks/a/b";
  delivery.query = "a=1&b=2";
  DEALOG_ASSERT(!check_message_signature(delivery, settings).ok());
  return 0;
}
