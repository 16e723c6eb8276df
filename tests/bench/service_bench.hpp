// The phases that drive the service over HTTP.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/http_load.hpp"
#include "tests/bench/options.hpp"
#include "tests/bench/server_process.hpp"

namespace dealog::bench {

void print_phase_header(std::string_view what);

// What a phase gave; `group` is events a synced write, `lag_s` the furthest that the views were
// behind while it ran.
struct Phase {
  Measured measured;
  double group = 0;
  double sync_ms = 0;
  double lag_s = 0;
};

// Runs for options.seconds, or until `requests` are answered when that is not 0. Prints a line.
Phase run_phase(const ServerProcess& server, const Options& options, int connections,
                std::size_t requests, const MakeRequest& make, const OnAnswer& on_answer = {});

// Ids of deals that were opened now. Prints a line.
std::vector<std::string> open_deals(const ServerProcess& server, const Options& options,
                                    std::size_t count, int connections);

// A touch on one deal after the other. The arguments must outlive the result.
MakeRequest touches(const ServerProcess& server, const std::vector<std::string>& deals);

// After a start: touches each deal once and waits for the views, so that a phase measures neither
// the reading of deals into memory nor what a start projects again.
void warm_up(const ServerProcess& server, const std::vector<std::string>& deals);

// While others touch deals on so many connections: how long a read takes that waits for the write
// which the same client has just been answered. Prints a line.
Latencies read_own_writes(const ServerProcess& server, const Options& options, int connections,
                          const std::vector<std::string>& deals);

// Waits five seconds; how many events the views are behind then.
double lag_at_rest(const ServerProcess& server);

}  // namespace dealog::bench
