// Decoding many events one after the other without allocating for each.
#pragma once

#include "libs/event/codec.hpp"

namespace dealog {

// decode(), into an event that was decoded before: its strings, boxes and, where the type is the
// same and nobody else holds it, its payload keep their memory. After an error the event means
// nothing but may be decoded into again.
Result<void> decode_into(std::string_view record, Open open, const KeyRing* keys,
                         RecordedEvent& event);

}  // namespace dealog
