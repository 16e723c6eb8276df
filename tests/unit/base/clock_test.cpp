#include "libs/base/clock.hpp"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "libs/base/assert.hpp"

namespace dealog {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

constexpr Timestamp kStart{1'760'000'000'000'000};

std::uint64_t milliseconds_of(const Uuid& uuid) {
  std::uint64_t ms = 0;
  for (int i = 0; i < 6; ++i) ms = ms << 8 | uuid.bytes[i];
  return ms;
}

TEST(ManualClock, StandsStillUntilItIsMoved) {
  ManualClock clock(kStart);
  EXPECT_EQ(clock.now(), kStart);
  EXPECT_EQ(clock.now(), kStart);
  clock.advance(hours(2));
  EXPECT_EQ(clock.now() - kStart, hours(2));
  clock.set({5});
  EXPECT_EQ(clock.now(), Timestamp{5});
}

TEST(SystemClock, IsPastTheDayThisWasWritten) { EXPECT_GT(SystemClock().now(), kStart); }

TEST(SteadyClock, NeverGoesBack) {
  auto last = steady_now();
  for (int i = 0; i < 1000; ++i) {
    const auto now = steady_now();
    ASSERT_GE(now, last);
    last = now;
  }
}

TEST(SystemIds, CarryTheMillisecondAndVersionSeven) {
  const ManualClock clock(kStart);
  SystemIds ids(clock);
  const auto uuid = ids.next();
  EXPECT_EQ(milliseconds_of(uuid), 1'760'000'000'000u);
  EXPECT_EQ(uuid.bytes[6] >> 4, 7);
  EXPECT_EQ(uuid.bytes[8] >> 6, 2);
}

TEST(SystemIds, RiseWithinOneMillisecondAndWhenItsCounterIsUsedUp) {
  const ManualClock clock(kStart);
  SystemIds ids(clock);
  auto last = ids.next();
  for (int i = 0; i < 10'000; ++i) {
    const auto next = ids.next();
    ASSERT_LT(last, next) << "id number " << i;
    last = next;
  }
  // 10,001 ids of 4,096 a millisecond: two milliseconds were borrowed.
  EXPECT_EQ(milliseconds_of(last), 1'760'000'000'002u);
}

TEST(SystemIds, RiseWhenTheClockJumpsBack) {
  ManualClock clock(kStart);
  SystemIds ids(clock);
  const auto before = ids.next();
  clock.set(kStart - hours(1));
  const auto after = ids.next();
  EXPECT_LT(before, after);
  clock.set(kStart + milliseconds(1));
  EXPECT_LT(after, ids.next());
}

TEST(SystemIds, AreUniqueAndRisingForEachOfManyThreads) {
  const SystemClock clock;
  SystemIds ids(clock);
  std::vector<std::vector<Uuid>> made(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : made) {
      threads.emplace_back([&] {
        for (int i = 0; i < 5000; ++i) mine.push_back(ids.next());
      });
    }
  }
  std::set<Uuid> all;
  for (const auto& mine : made) {
    EXPECT_TRUE(std::is_sorted(mine.begin(), mine.end()));
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 20'000u);
}

TEST(SeededIds, RepeatFromTheSameSeedAndClock) {
  const ManualClock clock(kStart);
  SeededIds one(clock, 7), same(clock, 7), other(clock, 8);
  for (int i = 0; i < 10; ++i) {
    const auto id = one.next();
    EXPECT_EQ(id, same.next());
    EXPECT_NE(id, other.next());
    EXPECT_EQ(id.bytes[6] >> 4, 7);
    EXPECT_EQ(milliseconds_of(id), 1'760'000'000'000u);
  }
}

TEST(AssertDeathTest, StopsTheProcessAndNamesTheBrokenInvariant) {
  const int one = 1;
  DEALOG_ASSERT(one == 1);
  EXPECT_DEATH(DEALOG_ASSERT(one == 2), "broken invariant: one == 2 .*clock_test.cpp");
}

}  // namespace
}  // namespace dealog
