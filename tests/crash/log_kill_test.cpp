// The log's process is killed with SIGKILL while it appends; everything it had acknowledged must be
// there once, at the position it said, after every restart.
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs/eventlog/verify.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

constexpr int kRounds = 8;
constexpr std::uint64_t kThreads = 4;
constexpr std::uint64_t kIdsAThread = 1'000'000;

// What a writer puts into the ledger once it has its answer; small enough for one atomic write.
struct Acknowledged {
  std::uint64_t id;
  std::uint64_t first;
  std::uint64_t last;
};

// The append with this id, the same each time it is sent: one to three events over two streams.
AppendRequest request_of(std::uint64_t id) {
  std::vector<EventSketch> events;
  for (std::uint64_t i = 0; i <= id % 3; ++i) {
    events.push_back({.stream = "deal_" + std::to_string((id + i) % 50),
                      .id = id * 3 + i,
                      .payload = std::string(id % 700, 'p'),
                      .fingerprint = std::to_string(id),
                      .open_tags = {"tag_" + std::to_string(id % 9)}});
  }
  return append_of(events);
}

// The child: appends until it is killed. `start` is where each thread goes on; it repeats what it
// does not know to be acknowledged, and a little more.
[[noreturn]] void append_until_killed(const std::filesystem::path& folder, int ledger,
                                      const std::vector<std::uint64_t>& start) {
  SystemClock clock;
  auto log = RocksLog::open({.folder = folder, .clock = &clock, .memtable_bytes = 256 << 10});
  if (!log) {
    static_cast<void>(
        ::write(STDERR_FILENO, log.error().message.data(), log.error().message.size()));
    ::_exit(1);
  }
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t i = start[t];; ++i) {
        const std::uint64_t id = t * kIdsAThread + i;
        const auto appended = (*log)->append_and_wait(request_of(id));
        if (!appended) ::_exit(2);
        const Acknowledged line{id, appended->first.value, appended->last.value};
        if (::write(ledger, &line, sizeof line) != sizeof line) ::_exit(3);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  ::_exit(0);
}

class LogKill : public ::testing::Test {
 protected:
  void run_and_kill(std::chrono::milliseconds after) {
    int ledger[2];
    ASSERT_EQ(::pipe(ledger), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ledger[0]);
      append_until_killed(folder_.path() / "log", ledger[1], start_);
    }
    ::close(ledger[1]);
    std::jthread killer([&] {
      std::this_thread::sleep_for(after);
      ::kill(child, SIGKILL);
    });
    Acknowledged line{};
    while (::read(ledger[0], &line, sizeof line) == sizeof line) note(line);
    ::close(ledger[0]);
    killer.join();
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
  }

  void note(const Acknowledged& line) {
    const auto [known, is_new] = acknowledged_.try_emplace(line.id, line);
    if (!is_new) {
      EXPECT_EQ(known->second.first, line.first) << "append " << line.id << " has moved";
      EXPECT_EQ(known->second.last, line.last) << "append " << line.id << " has moved";
    }
    auto& start = start_[line.id / kIdsAThread];
    const std::uint64_t done = line.id % kIdsAThread;
    start = done > 3 ? done - 3 : 0;
  }

  void check_after_restart() {
    SystemClock clock;
    {
      const auto log = RocksLog::open({.folder = folder_.path() / "log", .clock = &clock});
      ASSERT_TRUE(log.has_value()) << log.error().message;
      std::map<std::string, std::uint64_t> positions;  // event id → position
      const auto read = (*log)->read({1}, Direction::kForward, SIZE_MAX, [&](const auto& event) {
        v1::StoredRecord record;
        EXPECT_TRUE(record.ParseFromString(std::string(event.record)));
        EXPECT_TRUE(positions.emplace(record.event_id(), event.position.value).second)
            << "an event is there twice";
        return true;
      });
      ASSERT_TRUE(read.has_value()) << read.error().message;
      for (const auto& [id, line] : acknowledged_) {
        for (std::uint64_t i = 0; i <= id % 3; ++i) {
          const auto found = positions.find(std::string(id_of(id * 3 + i).view()));
          ASSERT_NE(found, positions.end()) << "append " << id << " is lost";
          ASSERT_EQ(found->second, line.first + i);
        }
      }
      EXPECT_EQ((*log)->head().value, positions.size());
    }
    const auto report = verify_log({.folder = folder_.path() / "log"});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    EXPECT_TRUE(report->is_sound()) << report->first->what;
    const auto checked = checker::check_log({.log_folder = folder_.path() / "log"});
    EXPECT_EQ(checked.text(), "");
    EXPECT_EQ(checked.events, report->events);
  }

  TemporaryFolder folder_;
  std::map<std::uint64_t, Acknowledged> acknowledged_;
  std::vector<std::uint64_t> start_ = std::vector<std::uint64_t>(kThreads, 0);
};

TEST_F(LogKill, LosesNothingThatItAcknowledged) {
  const auto seed = std::random_device{}();
  std::mt19937 random(seed);
  for (int round = 0; round < kRounds; ++round) {
    SCOPED_TRACE(::testing::Message() << "seed " << seed << ", round " << round);
    run_and_kill(std::chrono::milliseconds(100 + random() % 300));
    check_after_restart();
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(acknowledged_.size(), 100U) << "too few to say anything";
  RecordProperty("acknowledged", static_cast<int>(acknowledged_.size()));
}

}  // namespace
}  // namespace dealog::testing
