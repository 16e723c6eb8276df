// One call of the disk fails while a log is opened, written to, flushed and closed.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "tests/crash/log_ledger.hpp"
#include "tests/support/simulated_disk.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {

// Thread: one.
class DiskErrorRun {
 public:
  explicit DiskErrorRun(std::uint64_t seed) : disk_(seed) {}

  // A log with a past is opened and written to with this fault, then closed; afterwards the disk
  // works again, with `power_loss` only after its power went as well. What is unknown is sent
  // again, and the power goes once more. Answers what is wrong, as sentences; empty: nothing.
  std::vector<std::string> run(DiskFault fault, bool power_loss);

  // Appends with this fault until one is not acknowledged: whether that came in time, with the
  // answer "unknown" and a log that has stopped.
  bool stops_within(DiskFault fault, std::chrono::seconds limit);

  std::size_t acknowledged() const { return ledger_.acknowledged(); }
  // Whether the workload came as far as the call that was to fail.
  bool has_struck() const { return struck_; }

 private:
  Result<std::unique_ptr<RocksLog>> open();
  // All at once, so that they are a group or two; waits for the answers.
  void send(EventLog& log, const std::vector<std::uint64_t>& numbers);
  void append_groups(EventLog& log, int groups);
  void check(const EventLog& log, const std::string& when);
  void check_closed(const std::string& when);
  // Opens, checks, does `then`, closes and checks again.
  void reopen(const std::string& when, const std::function<void(EventLog& log)>& then);

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  SimulatedDisk disk_;
  LogLedger ledger_;
  std::uint64_t next_ = 0;
  std::vector<std::string> found_;
  bool struck_ = false;
};

}  // namespace dealog::testing
