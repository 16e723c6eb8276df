// How the committer groups, what it tells its observer, how it ends.
#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "libs/eventlog/stream_heads.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"
#include "tests/unit/storage/failing_disk.hpp"

namespace dealog::testing {
namespace {

struct Groups {
  std::atomic<std::size_t> answered = 0;
  std::vector<std::size_t> events;  // committer's thread
  std::size_t bytes = 0;            // committer's thread

  LogObserver observer() {
    return {.append_answered =
                [this](std::chrono::nanoseconds latency) {
                  EXPECT_GE(latency.count(), 0);
                  ++answered;
                },
            .group_written =
                [this](std::size_t count, std::size_t size, std::chrono::nanoseconds) {
                  events.push_back(count);
                  bytes += size;
                }};
  }
};

// Appends one event whose callback holds the committer until it is released, and meanwhile
// `count` more.
void append_while_held(RocksLog& log, int count) {
  std::promise<void> entered;
  std::promise<void> release;
  auto released = release.get_future().share();
  log.append(append_of({{.stream = "d", .id = 1'000'000}}), [&entered, released](Result<Appended>) {
    entered.set_value();
    released.wait();
  });
  entered.get_future().wait();
  for (int i = 0; i < count; ++i) {
    log.append(append_of({{.stream = "d" + std::to_string(i % 3),
                           .id = 1 + static_cast<std::uint64_t>(i)}}),
               [released](Result<Appended> appended) { EXPECT_TRUE(appended.has_value()); });
  }
  release.set_value();
}

TEST(Committer, WritesWhatHasQueuedUpWithOneSync) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  FailingDisk disk;
  Groups groups;
  auto log = RocksLog::open({.folder = folder.path() / "log",
                             .clock = &clock,
                             .observer = groups.observer(),
                             .environment = disk.environment()})
                 .value();
  const int before = disk.syncs();
  append_while_held(*log, 50);
  ASSERT_TRUE(log->wait_for({51}, std::chrono::seconds(10)));
  EXPECT_EQ(disk.syncs() - before, 2);
  log.reset();
  EXPECT_EQ(groups.events, (std::vector<std::size_t>{1, 50}));
  EXPECT_EQ(groups.answered, 51U);
  EXPECT_GT(groups.bytes, 51U * 50);
}

TEST(Committer, BoundsItsGroups) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  Groups groups;
  auto log = RocksLog::open({.folder = folder.path() / "log",
                             .clock = &clock,
                             .observer = groups.observer(),
                             .bounds = {.group_events = 16}})
                 .value();
  append_while_held(*log, 40);
  log.reset();
  EXPECT_EQ(groups.events, (std::vector<std::size_t>{1, 16, 16, 8}));
}

TEST(Committer, WritesAnAppendThatIsLargerThanAGroup) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  auto log = RocksLog::open({.folder = folder.path() / "log",
                             .clock = &clock,
                             .bounds = {.group_events = 2, .group_bytes = 10}})
                 .value();
  const auto appended = log->append_and_wait(
      append_of({{.stream = "d", .id = 1}, {.stream = "d", .id = 2}, {.stream = "d", .id = 3}}));
  ASSERT_TRUE(appended.has_value());
  EXPECT_EQ(appended->last, Position{3});
}

TEST(Committer, WritesWhatIsQueuedBeforeItEnds) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  const RocksLogOptions options{.folder = folder.path() / "log", .clock = &clock};
  auto log = RocksLog::open(options).value();
  append_while_held(*log, 100);
  log.reset();
  log = RocksLog::open(options).value();
  EXPECT_EQ(log->head(), Position{101});
}

TEST(Committer, KeepsVersionsRightWhenItsCacheIsTooSmall) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  auto log = RocksLog::open({.folder = folder.path() / "log", .clock = &clock, .cached_streams = 8})
                 .value();
  std::uint64_t id = 0;
  for (std::uint64_t round = 0; round < 3; ++round) {
    for (int stream = 0; stream < 40; ++stream) {
      const auto name = "deal_" + std::to_string(stream);
      const auto appended = log->append_and_wait(
          append_of({{.stream = name, .id = ++id}}, {StreamAt{name, {round}}}));
      ASSERT_TRUE(appended.has_value()) << appended.error().message;
    }
  }
}

TEST(StreamHeads, ForgetsTheOldestOfASet) {
  StreamHeads heads(8);  // one set
  for (std::uint64_t i = 0; i < 8; ++i) heads.put("deal_" + std::to_string(i), {i + 1});
  EXPECT_EQ(heads.find("deal_0"), StreamVersion{1});  // used again
  heads.put("deal_8", {9});
  EXPECT_EQ(heads.find("deal_1"), std::nullopt);
  EXPECT_EQ(heads.find("deal_0"), StreamVersion{1});
  heads.put("deal_0", {2});
  EXPECT_EQ(heads.find("deal_0"), StreamVersion{2});
  EXPECT_EQ(heads.find("deal_8"), StreamVersion{9});
}

}  // namespace
}  // namespace dealog::testing
