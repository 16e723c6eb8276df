// Looks at a queue begin behind what was taken away, and never behind what is still there.
#include "libs/projection/queue_floor.hpp"

#include <gtest/gtest.h>

namespace dealog {
namespace {

TEST(QueueFloor, RisesToTheFirstThatIsThere) {
  QueueFloor floor;
  EXPECT_EQ(floor.position(), Position{0});
  floor.raise(Position{7}, Position{20});
  EXPECT_EQ(floor.position(), Position{6});
}

TEST(QueueFloor, RisesToWhatWasSeenWhenNothingIsThere) {
  QueueFloor floor;
  floor.raise(std::nullopt, Position{20});
  EXPECT_EQ(floor.position(), Position{20});
}

TEST(QueueFloor, IsNotLoweredByOneWhoLookedEarlier) {
  QueueFloor floor;
  floor.raise(std::nullopt, Position{20});
  floor.raise(Position{7}, Position{12});
  EXPECT_EQ(floor.position(), Position{20});
}

}  // namespace
}  // namespace dealog
