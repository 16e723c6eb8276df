#include "services/webhooks/burst_watch.hpp"

#include <gtest/gtest.h>

namespace dealog::webhooks {
namespace {

using namespace std::chrono_literals;

class Burst : public ::testing::Test {
 protected:
  // So many receipts in a window; whether decoding stands back at its end.
  bool window(std::uint64_t receipts) {
    for (; receipts > 0; --receipts) watch_.received();
    now_ += BurstWatch::kWindow;
    return watch_.stands_back(now_);
  }
  // Windows of what decoding bears until it goes on.
  int quiet_windows() {
    int windows = 1;
    while (window(kBearable)) ++windows;
    return windows;
  }
  static constexpr std::uint64_t kBearable = BurstWatch::kBurstRate / 20;

  BurstWatch watch_;
  BurstWatch::Time now_{1h};
};

TEST_F(Burst, DecodingGoesOnAtARateThatItBears) {
  window(0);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(window(kBearable));
}

TEST_F(Burst, DecodingStandsBackUntilItIsOver) {
  window(0);
  EXPECT_TRUE(window(2 * kBearable));
  EXPECT_TRUE(window(3 * kBearable));
  EXPECT_EQ(quiet_windows(), BurstWatch::kOverAfter / BurstWatch::kWindow);
  EXPECT_TRUE(window(2 * kBearable)) << "the next burst";
}

TEST_F(Burst, AStallOfTheDiskDoesNotEndIt) {
  window(0);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(window(2 * kBearable));
    EXPECT_TRUE(window(0));
    EXPECT_TRUE(window(0));
  }
}

TEST_F(Burst, AsksNotWithinAWindow) {
  window(0);
  EXPECT_TRUE(window(2 * kBearable));
  now_ += 1ms;
  EXPECT_TRUE(watch_.stands_back(now_)) << "nothing came within a millisecond, which says nothing";
}

TEST_F(Burst, DecodingStandsBackNoLongerThanItMay) {
  window(0);
  int windows = 0;
  while (window(2 * kBearable)) ++windows;
  EXPECT_EQ(windows, BurstWatch::kStandsBackAtMost / BurstWatch::kWindow);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(window(2 * kBearable)) << "until the burst is over";
  for (int i = 0; i < 10; ++i) window(0);
  EXPECT_TRUE(window(2 * kBearable));
}

}  // namespace
}  // namespace dealog::webhooks
