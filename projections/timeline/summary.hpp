// One sentence about an event, in the language of the reader.
#pragma once

#include <string>

#include "libs/base/language.hpp"
#include "libs/event/event.hpp"

namespace dealog::views {

using dealog::Language;

// What the open fields of events name by codes and ids.
enum class Named { kPipeline, kStage, kLossReason, kWorkType, kField, kRule, kUser, kPerson };

// What people call it: titles of the regulation, names as far as the reader may see them. Thread:
// any.
class EventNames {
 public:
  virtual ~EventNames() = default;
  // Empty where nobody knows.
  virtual std::string name_of(Named what, const RecordedEvent& event, const std::string& code,
                              Language language) const = 0;
};

// Made from open fields alone and from `names`, so it never shows what the reader may not see;
// without names things are called by their codes. Every type of event has its sentence; a test
// refuses one without.
std::string summary_of(const RecordedEvent& event, Language language,
                       const EventNames* names = nullptr);

// "2026-03-02 12:15" on the wall of whoever does it; UTC, which it says, where the zone is not
// known.
std::string local_minute(Timestamp at, const std::string& zone);

}  // namespace dealog::views
