#include "services/dealog/clock_watch.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dealog {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

class Watched : public ::testing::Test {
 protected:
  std::optional<std::string> at(std::chrono::microseconds wall, std::chrono::microseconds steady) {
    return watch_.problem({start_.us + wall.count()}, begin_ + steady, head_);
  }
  const Timestamp start_ = Timestamp::parse("2026-03-17T09:00:00Z").value();
  const std::chrono::steady_clock::time_point begin_{1h};
  Timestamp head_{};
  ClockWatch watch_{start_, begin_};
};

TEST_F(Watched, AClockThatGoesOnIsFine) {
  EXPECT_EQ(at(10s, 10s), std::nullopt);
  EXPECT_EQ(at(1h, 1h), std::nullopt);
  EXPECT_EQ(at(1h - 4min, 1h), std::nullopt) << "a small correction";
}

TEST_F(Watched, AJumpBackIsToldUntilTheClockIsRightAgain) {
  EXPECT_EQ(at(1h, 1h), std::nullopt);
  ASSERT_TRUE(at(54min, 1h + 1s));
  EXPECT_THAT(*at(54min, 1h), HasSubstr("went back by 360 seconds"));
  EXPECT_TRUE(at(55min, 1h + 1min)) << "it still is behind";
  EXPECT_EQ(at(1h + 2min, 1h + 2min), std::nullopt);
}

TEST_F(Watched, AJumpForwardIsTakenForACorrection) {
  EXPECT_EQ(at(3h, 1min), std::nullopt);
  EXPECT_EQ(at(3h + 1min, 2min), std::nullopt);
  EXPECT_TRUE(at(1h, 3min)) << "and back again is a jump back";
}

TEST_F(Watched, AHeadThatLiesInTheFutureIsTold) {
  head_ = {start_.us + std::chrono::microseconds(20min).count()};
  ASSERT_TRUE(at(0s, 0s));
  EXPECT_THAT(*at(0s, 0s), HasSubstr("1200 seconds ahead"));
  EXPECT_EQ(at(15min, 15min), std::nullopt);
}

}  // namespace
}  // namespace dealog
