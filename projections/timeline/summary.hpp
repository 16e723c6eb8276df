// One sentence about an event, in the language of the reader.
#pragma once

#include <string>

#include "libs/base/language.hpp"
#include "libs/event/event.hpp"

namespace dealog::views {

using dealog::Language;

// Made from open fields alone, so it never shows what the reader may not see. Every type of event
// has its sentence; a test refuses one without.
std::string summary_of(const RecordedEvent& event, Language language);

}  // namespace dealog::views
