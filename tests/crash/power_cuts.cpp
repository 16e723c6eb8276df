#include "tests/crash/power_cuts.hpp"

#include <atomic>
#include <thread>

namespace dealog::testing {
namespace {

constexpr std::uint64_t kWriters = 4;
constexpr std::uint64_t kNumbersAWriter = 10'000'000;
// Calls that change something until the power goes: few, so that it goes while the log is being
// opened and recovered, or enough for several memtables.
constexpr std::uint64_t kFewChanges = 80;
constexpr std::uint64_t kManyChanges = 600;

}  // namespace

PowerCuts::PowerCuts(std::uint64_t seed, DiskLie lie)
    : random_(seed), lie_(lie), disk_(seed), next_(kWriters, 0) {}

Result<std::unique_ptr<RocksLog>> PowerCuts::open() {
  return RocksLog::open({.folder = folder_.path() / "log",
                         .clock = &clock_,
                         .cached_streams = 16,
                         .block_cache_bytes = 1 << 20,
                         .memtable_bytes = 64 << 10,
                         .environment = disk_.environment()});
}

std::vector<std::string> PowerCuts::round() {
  const bool soon = random_() % 5 == 0;
  disk_.lie(lie_);
  disk_.cut_power_after(1 + random_() % (soon ? kFewChanges : kManyChanges));
  if (const auto log = open()) {
    load(**log);
  } else {
    ++cuts_while_opening_;
    if (disk_.has_power()) return {"opening failed with the power on: " + log.error().message};
  }
  disk_.restore_power();
  {
    const auto log = open();
    if (!log) return {log.error().message};
    auto found = ledger_.findings_in(**log);
    if (!found.empty()) return found;
  }
  return closed_log_findings(folder_.path() / "log", disk_.environment());
}

void PowerCuts::load(EventLog& log) {
  const auto subscription = log.subscribe([this](Position head) { ledger_.shown(head); });
  std::atomic<bool> over = false;
  std::thread reader([&] {
    while (!over) {
      ledger_.shown(log.head());
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  });
  const auto again = ledger_.unknown();
  {
    std::vector<std::jthread> writers;
    for (std::uint64_t i = 0; i < kWriters; ++i) {
      writers.emplace_back([&, i] { write_until_refused(log, i, again); });
    }
  }
  over = true;
  reader.join();
}

void PowerCuts::write_until_refused(EventLog& log, std::uint64_t writer,
                                    const std::vector<std::uint64_t>& again) {
  const auto send = [&](std::uint64_t number) {
    ledger_.invoked(number);
    const auto answer = log.append_and_wait(append_number(number));
    ledger_.answered(number, answer);
    return answer.has_value();
  };
  for (const auto number : again) {
    if (number / kNumbersAWriter == writer && !send(number)) return;
  }
  while (send(writer * kNumbersAWriter + next_[writer]++)) {
  }
}

}  // namespace dealog::testing
