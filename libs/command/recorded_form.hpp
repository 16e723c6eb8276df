// New events as they will read once they are in the log, without reading them back.
#pragma once

#include "libs/event/codec.hpp"
#include "libs/event/event.hpp"

namespace dealog {

// What the committer gives to one event, known or (before the append) supposed.
struct Place {
  Uuid id;
  Position position;
  StreamVersion version;
  Timestamp recorded;
};

// As `decode` with Open::kAll would give it, except for boxes, seals, causation and fingerprint,
// which no state is made from.
RecordedEvent recorded_form(const StreamEvent& event, const Actor& actor, Timestamp now,
                            const Place& place);

}  // namespace dealog
