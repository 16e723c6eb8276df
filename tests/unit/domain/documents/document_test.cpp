#include "libs/domain/document/document.hpp"

#include <gmock/gmock.h>

#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::document {
namespace {

using TemplateStory = testing::Story<TemplateState>;

constexpr documents::TemplateCode kQuote{documents::DocumentKind::kQuote, Language::kEn};
const std::string kOwn = "blocks: [{text: 'Quote {number}'}]";

TEST(Template, OfTheCompanyReplacesTheBuiltInOneAndGoesAgain) {
  TemplateStory story;
  EXPECT_EQ(in_force(story.state(), kQuote).version, 0u);
  EXPECT_EQ(in_force(story.state(), kQuote).yaml, documents::default_template(kQuote));
  story.when(PublishTemplate{kQuote, kOwn}).then({"DocumentTemplatePublished"});
  EXPECT_EQ(in_force(story.state(), kQuote).version, 1u);
  EXPECT_EQ(in_force(story.state(), kQuote).yaml, kOwn);
  story.when(PublishTemplate{kQuote, kOwn}).then({});
  story.when(PublishTemplate{kQuote, ""}).then({"DocumentTemplatePublished"});
  EXPECT_EQ(in_force(story.state(), kQuote).version, 0u);
  story.when(PublishTemplate{kQuote, kOwn}).then({"DocumentTemplatePublished"});
  EXPECT_EQ(in_force(story.state(), kQuote).version, 3u);
}

TEST(Template, WithMistakesIsNotPublishedAndSaysWhere) {
  const auto refused =
      decide(TemplateState{}, PublishTemplate{kQuote, "blocks:\n  - text: '{who}'"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "template_unsound");
  EXPECT_EQ(refused.error().kind, ErrorKind::kInvalid);
  ASSERT_EQ(refused.error().fields.size(), 1u);
  EXPECT_THAT(refused.error().fields[0].message, ::testing::StartsWith("line 2:11: "));
  const std::string large(documents::kTemplateBytes + 1, 'x');
  EXPECT_EQ(decide(TemplateState{}, PublishTemplate{kQuote, large}).error().code,
            "template_too_large");
}

TEST(Numbers, AreWrittenWithTheirSeriesAndReadBack) {
  EXPECT_EQ(number_text(2026, "", 17), "2026-17");
  EXPECT_EQ(number_text(2026, "AB", 1), "2026-AB1");
  const auto parts = number_parts("2026-AB31");
  EXPECT_EQ(parts.year, 2026);
  EXPECT_EQ(parts.series, "AB");
  EXPECT_EQ(parts.number, 31u);
  EXPECT_EQ(number_parts("2026-17").number, 17u);
  for (const auto* wrong : {"", "2026", "2026-", "2026-AB", "2026-17x", "2026-a1"}) {
    EXPECT_EQ(number_parts(wrong).number, 0u) << wrong;
  }
}

}  // namespace
}  // namespace dealog::document
