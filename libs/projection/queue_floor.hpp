// Where the live part of a queue of rows begins.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "libs/event/position.hpp"

namespace dealog {

// For rows whose keys are positions of the log: they are added at the end and taken away anywhere.
// RocksDB steps over each row that was taken away until a compaction, so a look from the first key
// on costs as much as the queue was ever long; one that begins at the floor does not. Thread: any.
class QueueFloor {
 public:
  // A look may begin behind it.
  Position position() const { return {floor_.load(std::memory_order_relaxed)}; }

  // A look behind position() at rows that show the log up to `seen` found this first one, or none.
  void raise(std::optional<Position> first, Position seen) {
    const std::uint64_t below = first ? first->value - 1 : seen.value;
    std::uint64_t now = floor_.load(std::memory_order_relaxed);
    while (now < below && !floor_.compare_exchange_weak(now, below, std::memory_order_relaxed)) {
    }
  }

 private:
  std::atomic<std::uint64_t> floor_{0};
};

}  // namespace dealog
