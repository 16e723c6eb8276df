// What dealog_bench was asked to do.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dealog::bench {

struct Options {
  double seconds = 5;
  int rounds = 3;
  std::vector<int> connections = {1, 8, 256};  // besides the 64 of the comparison
  std::size_t deals = 10'000;
  std::size_t long_deals = 100;
  std::size_t long_events = 2'000;
  std::filesystem::path folder = "/var/tmp/dealog-bench";
  std::filesystem::path json;  // "" for none
  std::filesystem::path svg;
  bool only_comparison = false;
  bool only_import = false;
  bool only_deliveries = false;
  double deliveries_rate = 3'000;  // of the steady load
  double added_sync_ms = -1;       // -1: a second pass with 1 ms where a sync takes under 100 µs
  bool always_slowed = false;      // that second pass, whatever a sync takes
  std::string binary;
  std::string regulation;
};

// Prints the usage and exits when the command line is not understood.
Options parse_options(int argc, char** argv);

}  // namespace dealog::bench
