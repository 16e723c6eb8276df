// Whether the machine's clock can be believed: what is recorded, due and overdue hangs on it.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "libs/base/timestamp.hpp"

namespace dealog {

// How far the clock may be off before the service says that it is not ready: more than what
// corrections of a healthy machine make, as much as an event may be dated ahead.
inline constexpr std::chrono::minutes kClockTolerance{5};

// Remembers the latest wall time that it was shown and, by the steady clock, what time it must be
// since. Steps forward are taken for corrections (a laptop that slept, a first synchronisation).
// Thread: any.
class ClockWatch {
 public:
  ClockWatch(Timestamp wall, std::chrono::steady_clock::time_point steady)
      : wall_(wall), steady_(steady) {}

  // What is wrong with the clock, and what to do: it went back by more than kClockTolerance since
  // it was last seen, or the log's newest event (`head_time`) lies further ahead of it than that.
  // Nothing while all is well.
  std::optional<std::string> problem(Timestamp wall, std::chrono::steady_clock::time_point steady,
                                     Timestamp head_time);

 private:
  std::mutex mutex_;
  Timestamp wall_;                                // guarded by mutex_
  std::chrono::steady_clock::time_point steady_;  // guarded by mutex_; when wall_ was seen
};

}  // namespace dealog
