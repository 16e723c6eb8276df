// A log under load on a disk that loses its power at a random moment, again and again.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "tests/crash/log_ledger.hpp"
#include "tests/support/simulated_disk.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {

// All that happens follows from the seed but for what threads do to each other. Thread: one.
class PowerCuts {
 public:
  explicit PowerCuts(std::uint64_t seed, DiskLie lie = DiskLie::kNone);

  // Opens, writes and reads with several threads until the power goes, which may be while opening;
  // then opens what is left. Answers what is wrong with it, as sentences; empty: nothing.
  std::vector<std::string> round();

  const LogLedger& ledger() const { return ledger_; }
  // Rounds in which the power went before the log was open.
  int cuts_while_opening() const { return cuts_while_opening_; }

 private:
  Result<std::unique_ptr<RocksLog>> open();
  void load(EventLog& log);
  void write_until_refused(EventLog& log, std::uint64_t writer,
                           const std::vector<std::uint64_t>& again);

  TemporaryFolder folder_;
  SystemClock clock_;
  std::mt19937_64 random_;
  DiskLie lie_;
  SimulatedDisk disk_;
  LogLedger ledger_;
  std::vector<std::uint64_t> next_;  // by writer
  int cuts_while_opening_ = 0;
};

}  // namespace dealog::testing
