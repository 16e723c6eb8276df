#include "tests/crash/disk_errors.hpp"

#include <future>
#include <latch>

namespace dealog::testing {
namespace {

constexpr int kAppendsAGroup = 3;
// Enough for memtables to be flushed and write-ahead files to be used again.
constexpr int kGroupsBefore = 6;
constexpr int kGroups = 18;
constexpr int kGroupsAfter = 2;

}  // namespace

Result<std::unique_ptr<RocksLog>> DiskErrorRun::open() {
  return RocksLog::open({.folder = folder_.path() / "log",
                         .clock = &clock_,
                         .cached_streams = 16,
                         .block_cache_bytes = 1 << 20,
                         .memtable_bytes = 64 << 10,
                         .environment = disk_.environment()});
}

void DiskErrorRun::send(EventLog& log, const std::vector<std::uint64_t>& numbers) {
  std::latch answered(static_cast<std::ptrdiff_t>(numbers.size()));
  for (const auto number : numbers) {
    ledger_.invoked(number);
    log.append(append_number(number), [&, number](const Result<Appended>& answer) {
      ledger_.answered(number, answer);
      answered.count_down();
    });
  }
  answered.wait();
}

void DiskErrorRun::append_groups(EventLog& log, int groups) {
  for (int group = 0; group < groups; ++group) {
    std::vector<std::uint64_t> numbers;
    for (int i = 0; i < kAppendsAGroup; ++i) numbers.push_back(next_++);
    const bool had_stopped = log.stop_reason().has_value();
    const auto before = ledger_.acknowledged();
    send(log, numbers);
    if (had_stopped && ledger_.acknowledged() != before) {
      found_.push_back("the log went on after a failed write");
    }
    if (!ledger_.unknown().empty() && !log.stop_reason()) {
      found_.push_back("a failed write did not stop the log");
    }
  }
}

void DiskErrorRun::check(const EventLog& log, const std::string& when) {
  for (const auto& finding : ledger_.findings_in(log)) found_.push_back(when + ": " + finding);
}

void DiskErrorRun::check_closed(const std::string& when) {
  for (const auto& finding : closed_log_findings(folder_.path() / "log", disk_.environment())) {
    found_.push_back(when + ": " + finding);
  }
}

void DiskErrorRun::reopen(const std::string& when, const std::function<void(EventLog& log)>& then) {
  {
    const auto log = open();
    if (!log) {
      found_.push_back(when + ": " + log.error().message);
      return;
    }
    check(**log, when);
    then(**log);
  }
  check_closed(when);
}

std::vector<std::string> DiskErrorRun::run(DiskFault fault, bool power_loss) {
  reopen("before", [&](EventLog& log) { append_groups(log, kGroupsBefore); });
  disk_.fail(fault);
  if (const auto log = open()) {
    append_groups(**log, kGroups);
    disk_.mend();
    check(**log, "while it still runs");
  }
  struck_ = disk_.has_failed();
  if (power_loss) disk_.restore_power();
  disk_.mend();
  reopen("after the error", [&](EventLog& log) {
    send(log, ledger_.unknown());
    append_groups(log, kGroupsAfter);
    if (!ledger_.unknown().empty()) found_.push_back("what is unknown stays so");
  });
  disk_.restore_power();
  reopen("after the power went too", [](EventLog&) {});
  return found_;
}

bool DiskErrorRun::stops_within(DiskFault fault, std::chrono::seconds limit) {
  const auto until = steady_now() + limit;
  const auto log = open();
  if (!log) return false;
  disk_.fail(std::move(fault));
  while (steady_now() < until) {
    const auto answer = std::make_shared<std::promise<std::string>>();
    auto code = answer->get_future();
    (*log)->append(append_number(next_++), [answer](const Result<Appended>& appended) {
      answer->set_value(appended ? "" : appended.error().code);
    });
    if (code.wait_until(until) != std::future_status::ready) break;
    if (const auto said = code.get(); !said.empty()) {
      return said == "append_unknown" && (*log)->stop_reason().has_value();
    }
  }
  disk_.mend();  // or closing would wait as well
  return false;
}

}  // namespace dealog::testing
