// Days on which a user is away. Pure.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/event.hpp"

namespace dealog {

// Known within its user alone.
DEALOG_ID(AbsenceId, "abs");

namespace user {

struct Absence {
  AbsenceId id;
  Date first, last;  // whole days, both included
  std::string time_zone;
  Timestamp from, until;  // the same as instants of that zone; `until` is the first after it
  std::string kind;       // vacation, illness, other; empty: not to be opened any more

  bool operator==(const Absence&) const = default;
};

// An absence begins at most so long from now or so long ago, and is no longer than that: more is a
// slip of the pen.
inline constexpr int kAbsenceAheadDays = 731;
inline constexpr int kAbsenceBackDays = 366;
inline constexpr int kAbsenceLongestDays = 366;
// Of one user, those that were withdrawn not counted.
inline constexpr std::size_t kAbsences = 500;

struct RecordAbsence {
  AbsenceId absence;
  Date first, last;  // in the user's zone
  std::string kind;  // vacation, illness, other
  Timestamp now;
};
struct WithdrawAbsence {
  AbsenceId absence;
};

// Keeps them in the order of their days. An event of something else changes nothing.
void evolve(std::vector<Absence>& absences, const RecordedEvent& event);

}  // namespace user
}  // namespace dealog
