// The peer: plain RocksDB with its own options and group commit, as many writer threads as
// connections, sync on, writing records under the keys that the log uses. It checks nothing,
// numbers nothing and hashes nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "tests/bench/latencies.hpp"

namespace dealog::bench {

// One event as the log keeps it: its record and what its index rows are made of.
struct RawEvent {
  std::string record;
  std::string stream;
  std::vector<std::string> tags;
};

// The newest `count` events of a stopped log. Exits with a sentence when there is none.
std::vector<RawEvent> read_events(const std::filesystem::path& log_folder, std::size_t count);

// The n-th event to write, n from 1. Called from every writer's thread.
using NextRawEvent = std::function<const RawEvent&(std::uint64_t n)>;

// A new database in the folder; writes for so long.
Measured write_raw(const std::filesystem::path& folder, const NextRawEvent& next, int writers,
                   double seconds);

// One writer, `batch` events a synced write; events a second.
double write_raw_batches(const std::filesystem::path& folder, const NextRawEvent& next,
                         std::size_t batch, double seconds);

}  // namespace dealog::bench
