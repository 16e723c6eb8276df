// The peer: plain RocksDB with its own options and group commit, as many writer threads as
// connections, sync on, writing the very records that the server wrote, under the same keys. It
// checks nothing, numbers nothing and hashes nothing.
#pragma once

#include <filesystem>
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

struct RawResult {
  Latencies latencies;
  double seconds = 0;
  double cpu_us = 0;  // of the process, a write

  double rate() const { return seconds > 0 ? static_cast<double>(latencies.count()) / seconds : 0; }
};

RawResult write_raw(const std::filesystem::path& folder, const std::vector<RawEvent>& events,
                    int writers, double seconds);

}  // namespace dealog::bench
