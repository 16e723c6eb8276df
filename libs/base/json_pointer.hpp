// Pointers into JSON documents (RFC 6901), as errors name the place of a wrong value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace dealog {

// Longer names are cut, so that a hostile body does not come back as a large answer.
inline constexpr std::size_t kPointerStepBytes = 256;

// One step: "/" and the name with "~" as "~0" and "/" as "~1".
std::string pointer_step(std::string_view name);

}  // namespace dealog
