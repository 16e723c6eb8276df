#include "libs/keys/recent.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

TEST(Recent, ForgetsWhatWasUsedLongestAgo) {
  Recent<int, std::string> recent(2);
  recent.put(1, "one");
  recent.put(2, "two");
  EXPECT_EQ(*recent.find(1), "one");
  recent.put(3, "three");
  EXPECT_EQ(recent.find(2), nullptr);
  EXPECT_EQ(*recent.find(1), "one");
  EXPECT_EQ(*recent.find(3), "three");
}

TEST(Recent, ReplacesAndErases) {
  Recent<int, std::string> recent(2);
  recent.put(1, "one");
  recent.put(1, "uno");
  EXPECT_EQ(*recent.find(1), "uno");
  recent.erase(1);
  recent.erase(7);
  EXPECT_EQ(recent.find(1), nullptr);
}

}  // namespace
}  // namespace dealog
