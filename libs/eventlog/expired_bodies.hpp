// What the log says of raw bodies whose period is over.
#pragma once

#include <optional>
#include <string_view>

#include "dealog/v1/record.pb.h"
#include "libs/event/position.hpp"

namespace dealog {

// The position up to which raw bodies expired, if the record is the event that says so; nothing for
// any other record, or bytes that are none.
std::optional<Position> expiry_in(std::string_view record);
std::optional<Position> expiry_in(const v1::StoredRecord& record);

}  // namespace dealog
