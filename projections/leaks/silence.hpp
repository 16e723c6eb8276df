// When a source has been silent for too long.
#pragma once

#include <optional>
#include <string_view>

#include "libs/base/timestamp.hpp"

namespace dealog::views {

// From when on: the setting `silent_after_hours` after it was last heard of (or connected). Nothing
// where it may be silent as long as it likes.
std::optional<Timestamp> silent_from(std::string_view settings_json, Timestamp last_heard);

}  // namespace dealog::views
