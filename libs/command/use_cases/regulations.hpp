// Publishing a pipeline's regulation.
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/command/unit.hpp"
#include "libs/domain/regulation/regulation.hpp"

namespace dealog::use_cases {

struct PublishedRegulation {
  std::uint64_t version = 0;
  bool published = false;  // else the same file was in force already
};
// Errors: those of regulation::decide.
Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml);

}  // namespace dealog::use_cases
