// For tests of crashes: the process ends, as if it had been killed, at one of the points at which
// that matters. They are numbered from 1 on, as they come: before the log writes a group of
// appends, and after it is durable, before anybody hears of it; before an effect leaves, and after
// the receiver has taken it, before it is recorded.
#pragma once

#include <atomic>
#include <memory>

#include "libs/eventlog/log_observer.hpp"
#include "services/automation/channel.hpp"

namespace dealog {

// By this variable of the environment a test says at which point the process ends.
inline constexpr const char* kEndAtPointVariable = "DEALOG_END_AT_POINT";
// The exit code of a process that ended so.
inline constexpr int kEndedAtPoint = 86;

// Thread: any.
class EndAtPoint {
 public:
  explicit EndAtPoint(std::uint64_t point) : point_(point) {}
  // Null when the environment asks for nothing, which is always so outside of tests: then nothing
  // is counted and nothing wrapped.
  static std::unique_ptr<EndAtPoint> from_environment();

  // The points of the log, told to `inner` as well. This must outlive what it was given to.
  LogObserver of_log(LogObserver inner);
  // The points of a channel.
  std::unique_ptr<automation::Channel> of_channel(std::unique_ptr<automation::Channel> inner);

  // One more point is reached.
  void reached();

 private:
  const std::uint64_t point_;
  std::atomic<std::uint64_t> passed_ = 0;
};

}  // namespace dealog
