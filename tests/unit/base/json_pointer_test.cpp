#include "libs/base/json_pointer.hpp"

#include <gtest/gtest.h>

namespace dealog {
namespace {

TEST(JsonPointer, AStepIsEscapedAsRfc6901Says) {
  EXPECT_EQ(pointer_step("amount"), "/amount");
  EXPECT_EQ(pointer_step("a/b"), "/a~1b");
  EXPECT_EQ(pointer_step("m~n"), "/m~0n");
  EXPECT_EQ(pointer_step("~1"), "/~01");
  EXPECT_EQ(pointer_step(""), "/");
}

TEST(JsonPointer, ALongNameIsCutBetweenLetters) {
  std::string name;
  for (int i = 0; i < 500; ++i) name += "ё";
  const std::string step = pointer_step(name);
  EXPECT_EQ(step.size(), 1 + kPointerStepBytes);
  EXPECT_EQ(pointer_step(name + name), step);
}

}  // namespace
}  // namespace dealog
