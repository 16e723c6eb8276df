// The power goes while archived records are being dropped, after every call that changes something:
// the log opens, nothing is lost, and the command finishes what it had begun.
#include <gtest/gtest.h>

#include "libs/eventlog/archive.hpp"
#include "libs/eventlog/archive_drop.hpp"
#include "libs/eventlog/verify.hpp"
#include "tests/support/simulated_disk.hpp"
#include "tests/support/soak.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

constexpr std::uint64_t kAppends = 60;

class DropOnADisk {
 public:
  explicit DropOnADisk(std::uint64_t seed) : disk_(seed) {
    auto log = open();
    for (std::uint64_t i = 0; i < kAppends; ++i) {
      const auto done = log->append_and_wait(request(i));
      if (!done) throw std::runtime_error(done.error().message);
    }
    before_ = records_of(*log);
    log.reset();
    const auto tables = open_tables();
    if (!archive_log(tables, archive(), {.segment_events = 25}))
      throw std::runtime_error("archive");
  }

  SimulatedDisk& disk() { return disk_; }
  Result<DropDone> drop() {
    const auto tables = TRY(LogTables::open({.folder = folder_.path() / "log",
                                             .environment = disk_.environment(),
                                             .memtable_bytes = 64 << 10}));
    return drop_archived(tables, archive(), {.keeps = [](std::string_view stream) {
                           return stream.starts_with("usr_");
                         }});
  }
  // What is wrong with the log; empty: nothing.
  std::string findings() {
    {
      const auto log = open();
      if (records_of(*log) != before_) return "the records are not what they were";
      for (std::uint64_t i = 0; i < kAppends; i += 7) {
        const auto again = log->append_and_wait(request(i));
        if (!again) return again.error().message;
        if (!again->existed || again->first != Position{2 * i + 1})
          return "a request was forgotten";
      }
    }
    for (const auto& read_from : {std::filesystem::path(), archive()}) {
      const auto report = verify_log({.folder = folder_.path() / "log",
                                      .needs_watermark = false,
                                      .archive = read_from,
                                      .environment = disk_.environment()});
      if (!report) return report.error().message;
      if (!report->is_sound()) return report->first ? report->first->what : "not sound";
    }
    return {};
  }

 private:
  static AppendRequest request(std::uint64_t i) {
    return append_of({{.stream = "deal_" + std::to_string(i % 5),
                       .id = 10 * i + 1,
                       .payload = std::string(400, static_cast<char>('a' + i % 20)),
                       .fingerprint = std::string(32, static_cast<char>('A' + i % 20)),
                       .open_tags = {"tag"}},
                      {.stream = "usr_" + std::to_string(i % 3), .id = 10 * i + 2}});
  }
  std::unique_ptr<RocksLog> open() {
    auto log = RocksLog::open({.folder = folder_.path() / "log",
                               .clock = &clock_,
                               .memtable_bytes = 64 << 10,
                               .environment = disk_.environment()});
    if (!log) throw std::runtime_error(log.error().message);
    return std::move(*log);
  }
  LogTables open_tables() {
    return LogTables::open({.folder = folder_.path() / "log", .environment = disk_.environment()})
        .value();
  }
  std::filesystem::path archive() const { return folder_.path() / "archive"; }
  static std::vector<std::string> records_of(const RocksLog& log) {
    std::vector<ReadBack> read;
    const auto done = log.read({1}, Direction::kForward, SIZE_MAX, into(read));
    if (!done) throw std::runtime_error(done.error().message);
    std::vector<std::string> records;
    for (auto& event : read) records.push_back(std::move(event.bytes));
    return records;
  }

  TemporaryFolder folder_;
  SystemClock clock_;
  SimulatedDisk disk_;
  std::vector<std::string> before_;
};

TEST(ArchiveDropPowerLoss, AtWhateverMomentNothingIsLost) {
  int cuts = 0;
  const std::uint64_t step = soak_number("DEALOG_ALL_ERRORS", 0) != 0 ? 1 : 5;
  for (std::uint64_t changes = 1;; changes += step) {
    DropOnADisk it(changes);
    it.disk().cut_power_after(changes);
    const auto dropped = it.drop();
    const bool power = it.disk().has_power();
    it.disk().restore_power();
    ASSERT_EQ(it.findings(), "") << "power lost after " << changes << " changes";
    if (power) {
      ASSERT_TRUE(dropped.has_value()) << dropped.error().message;
      break;
    }
    ++cuts;
    const auto finished = it.drop();
    ASSERT_TRUE(finished.has_value()) << finished.error().message;
    EXPECT_EQ(finished->dropped, Position{2 * kAppends - 2});
    ASSERT_EQ(it.findings(), "") << "finished after a loss after " << changes << " changes";
  }
  EXPECT_GT(cuts, 10) << "the power must have gone in the middle of it";
}

}  // namespace
}  // namespace dealog::testing
