// The few fields of a stored record that the log itself needs, found in its protobuf bytes
// without parsing payload and boxes.
#pragma once

#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/position.hpp"

namespace dealog {

// The views point into the record.
struct RecordFields {
  std::uint32_t format = 0;
  std::string_view stream;
  std::string_view event_id;
  std::uint32_t type = 0;
  std::string_view fingerprint;
  std::vector<std::string_view> tags;
  std::string_view log_id;
  Position position;
  StreamVersion version;
  Timestamp recorded;
  std::uint32_t append_index = 0;
  std::uint32_t append_count = 0;
};

// Errors: kInternal "record_broken" for bytes that are no protobuf message, that end in the middle
// of a field or that give one of these fields another wire type.
Result<RecordFields> parse_record_fields(std::string_view record);

}  // namespace dealog
