#include "libs/connectors/delivery.hpp"

#include "libs/base/text.hpp"

namespace dealog::connectors {

const std::string* Delivery::header(std::string_view name) const {
  for (const auto& [own, value] : headers) {
    if (equals_ignoring_case_ascii(own, name)) return &value;
  }
  return nullptr;
}

std::string_view Delivery::content_type() const {
  const std::string* value = header("content-type");
  return value ? std::string_view(*value) : std::string_view();
}

}  // namespace dealog::connectors
