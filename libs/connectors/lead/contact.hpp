// People as forms and shops describe them.
#pragma once

#include <string_view>

#include "libs/connectors/fact.hpp"

namespace dealog::connectors {

// Longest name, company or title that is kept; longer ones are cut at a character.
inline constexpr std::size_t kShortTextBytes = 1000;

// Texts as typed, empty where nothing was given. `country` (ISO 3166) is that of phone numbers
// without an international prefix. Thread: any.
Contact make_contact(std::string_view name, std::string_view phone, std::string_view email,
                     std::string_view country);

}  // namespace dealog::connectors
