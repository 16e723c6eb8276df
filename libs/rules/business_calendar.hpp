// Business time: working hours by weekday, holidays, moved working days, in one zone; and pauses in
// which time stands still.
#pragma once

#include <array>
#include <chrono>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "libs/base/timestamp.hpp"

namespace dealog::rules {

struct WorkingHours {
  std::chrono::minutes from{0};  // since midnight, wall clock
  std::chrono::minutes to{0};    // exclusive, ≤ 24 h

  bool operator==(const WorkingHours&) const = default;
};

// From an instant up to another, which is no part of it.
struct Pause {
  Timestamp from;
  Timestamp until;

  bool operator==(const Pause&) const = default;
};

struct BusinessCalendar {
  std::string time_zone = "UTC";
  std::array<std::vector<WorkingHours>, 7> week;         // Monday first; sorted, not overlapping
  std::set<Date> holidays;                               // no work whatever the weekday
  std::map<Date, std::vector<WorkingHours>> exceptions;  // these hours instead of the weekday's
  // In which neither business nor calendar time passes; sorted, not overlapping.
  std::vector<Pause> pauses;

  // The first instant by which `amount` of business time has passed since `from`. With a zero (or
  // negative) amount: `from` itself when it is working time, else the start of the next. A calendar
  // with no working hour left within two years takes what is missing from calendar time, so it
  // always ends; so does one with an unknown zone. Never earlier than `from` + `amount`.
  // Reckons at most a hundred years. Thread: any.
  Timestamp add(Timestamp from, std::chrono::minutes amount) const;
  // The last instant from which `amount` of business time passes until `until`: what add() is
  // backwards. With a zero (or negative) amount `until` itself. Reckons as far as add(), with
  // calendar time for what is missing; never later than `until` - `amount`.
  Timestamp subtract(Timestamp until, std::chrono::minutes amount) const;
  // Business time between two instants; zero when to ≤ from. between(t, add(t, x)) == x as long as
  // the calendar has working time for x.
  Duration between(Timestamp from, Timestamp to) const;
  // The first instant by which `amount` of calendar time has passed since `from`, without that of
  // pauses. With a zero amount: `from`, or the end of the pause that it lies in.
  Timestamp pass(Timestamp from, std::chrono::minutes amount) const;

  bool operator==(const BusinessCalendar&) const = default;
};

}  // namespace dealog::rules
