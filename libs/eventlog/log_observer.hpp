// What the log tells about its work, for metrics.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

namespace dealog {

// Called on the committer's thread; must be quick. An empty function is not called.
struct LogObserver {
  // From append() until its answer, for each append.
  std::function<void(std::chrono::nanoseconds latency)> append_answered;
  // A group was made durable: its events, its bytes, the time of its synced write.
  std::function<void(std::size_t events, std::size_t bytes, std::chrono::nanoseconds write)>
      group_written;
  // Events left waiting when the committer took a group.
  std::function<void(std::size_t events)> queue_left;
};

}  // namespace dealog
