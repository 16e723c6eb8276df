// What a figure was measured on, and what a sync costs there.
#pragma once

#include <filesystem>

#include <boost/json.hpp>

namespace dealog::bench {

// Processor, cores, memory, kernel, file system of the folder.
boost::json::object describe_machine(const std::filesystem::path& folder);

// Microseconds of a write of 4 KB and its fdatasync at the end of a file in the folder: median and
// the slowest of a hundred.
struct SyncCost {
  double p50_us = 0;
  double p99_us = 0;
};
SyncCost measure_sync(const std::filesystem::path& folder);

}  // namespace dealog::bench
