// That a tag was not written is only said where it is certain.
#include "libs/eventlog/recent_tags.hpp"

#include <gtest/gtest.h>

namespace dealog {
namespace {

TEST(RecentTags, AreSilentAboutWhatWasWrittenBeforeTheyBegan) {
  const RecentTags tags(Position{10});
  EXPECT_FALSE(tags.not_after(false, "invoice:1", Position{9}));
  EXPECT_TRUE(tags.not_after(false, "invoice:1", Position{10}));
}

TEST(RecentTags, KnowTheLastPositionOfEachTag) {
  RecentTags tags(Position{10});
  tags.put(false, "invoice:1", Position{12});
  tags.put(false, "invoice:1", Position{15});
  EXPECT_FALSE(tags.not_after(false, "invoice:1", Position{14}));
  EXPECT_TRUE(tags.not_after(false, "invoice:1", Position{15}));
  EXPECT_TRUE(tags.not_after(false, "invoice:2", Position{10}));
  EXPECT_TRUE(tags.not_after(true, "invoice:1", Position{10}));
}

TEST(RecentTags, KnowNothingOfThePastOnceTheyWereFull) {
  RecentTags tags(Position{0});
  std::uint64_t head = 0;
  while (tags.not_after(false, "never written", Position{0}) && head < 1'000'000) {
    ++head;
    tags.put(false, "tag:" + std::to_string(head), Position{head});
    tags.forget_if_full(Position{head});
  }
  ASSERT_LT(head, 1'000'000u);
  EXPECT_FALSE(tags.not_after(false, "tag:1", Position{0}));
  EXPECT_FALSE(tags.not_after(false, "tag:1", Position{head - 1}));
  EXPECT_TRUE(tags.not_after(false, "tag:1", Position{head}));
}

}  // namespace
}  // namespace dealog
