#include "services/dealog/clock_watch.hpp"

#include <fmt/format.h>

namespace dealog {
namespace {

constexpr std::int64_t kTolerance =
    std::chrono::duration_cast<std::chrono::microseconds>(kClockTolerance).count();

std::int64_t seconds(std::int64_t us) { return us / 1'000'000; }

}  // namespace

std::optional<std::string> ClockWatch::problem(Timestamp wall,
                                               std::chrono::steady_clock::time_point steady,
                                               Timestamp head_time) {
  std::int64_t expected = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto passed =
        std::chrono::duration_cast<std::chrono::microseconds>(steady - steady_).count();
    expected = wall_.us + passed;
    if (wall.us >= expected) {
      wall_ = wall;
      steady_ = steady;
    }
  }
  if (const auto back = expected - wall.us; back > kTolerance) {
    return fmt::format(
        "the clock of this machine went back by {} seconds; set it right (is NTP running?)",
        seconds(back));
  }
  if (const auto ahead = head_time.us - wall.us; ahead > kTolerance) {
    return fmt::format(
        "the newest event was recorded {} seconds ahead of this machine's clock; set the clock "
        "right (is NTP running?)",
        seconds(ahead));
  }
  return std::nullopt;
}

}  // namespace dealog
