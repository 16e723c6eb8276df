// When things happened and when they are due.
#pragma once

#include <optional>
#include <string>

#include "dealog/v1/common.pb.h"
#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::deal {

// The occurred time of a fact that may come late: as given, else nothing (now).
// Errors: kInvalid "occurred_in_future" (more than limits::kOccurredAhead), "unknown_time_zone".
Result<Occurred> occurred_late(const Occurred& given, const Context& context);

// The same of a move, an outcome or a change of owner, which may not occur before the last such
// event: kInvalid "occurred_too_early". When no time is given, never before that event.
Result<Occurred> occurred_move(const State& state, const Occurred& given, const Context& context);

// When a move happens that nobody dated: now, and not before the last one.
Occurred automatic_move_time(const State& state, const Context& context);

inline Timestamp instant_of(const Occurred& occurred, const Context& context) {
  return occurred ? occurred->at : context.now;
}

// The zone of a user, else the one of the regulation's calendar.
std::string zone_of(const UserId& user, const Context& context);

// Errors: kInvalid "invalid_input" when both an instant and a day are given; "unknown_time_zone".
Result<v1::Due> make_due(const DueInput& due, const UserId& assignee, const Context& context);

// The first instant after a day in the zone of the regulation's calendar.
Result<Timestamp> end_of_day(Date day, const Context& context);

}  // namespace dealog::deal
