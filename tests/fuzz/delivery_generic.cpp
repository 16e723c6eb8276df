// The generic form, with fields recognised by name and with every transform of a mapping.
#include "tests/fuzz/delivery.hpp"

namespace {

constexpr std::string_view kMapping = R"({"fields":{
  "name": ["who.name", "n"], "phone": {"path": "p", "transforms": ["trim", "phone"]},
  "email": {"path": "e", "transforms": ["lower", "email"]}, "currency": "c",
  "amount": {"path": "a", "transforms": ["money_minor"]},
  "occurred_at": {"first_of": ["d", "t[0]"], "transforms": [{"date": "%d.%m.%Y %H:%M"}]},
  "external_id": "i", "title": {"constant": "t"},
  "answers.x": {"path": "x", "transforms": [{"date": "iso"}, "phone"]},
  "answers.y": {"path": "y", "transforms": ["money", {"date": "unix"}]}}})";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace dealog::connectors;
  static const Provider& generic = *find_provider("generic");
  static const auto plain = parse_settings("generic", {{"account", "site"}}).value();
  static const auto mapped = parse_settings("generic", boost::json::parse(kMapping)).value();
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  fuzzing::check(generic, plain, input);
  fuzzing::check(generic, mapped, input);
  return 0;
}
