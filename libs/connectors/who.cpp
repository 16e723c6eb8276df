#include "libs/connectors/who.hpp"

namespace dealog::connectors {

std::string_view Contact::id(std::string_view kind) const {
  for (const auto& [which, value] : ids) {
    if (which == kind) return value;
  }
  return "";
}

}  // namespace dealog::connectors
