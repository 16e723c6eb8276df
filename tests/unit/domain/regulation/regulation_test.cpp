#include "libs/domain/regulation/regulation.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "dealog/v1/intake_events.pb.h"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog::regulation {
namespace {

using RegulationStory = testing::Story<State>;

std::string minimal() {
  const char* folder = std::getenv("DEALOG_SOURCE_DIR");
  std::ifstream file(std::string(folder != nullptr ? folder : ".") +
                     "/deploy/regulations/minimal.yaml");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}
std::string replaced(std::string text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}
PublishRegulation publish(std::string yaml) { return {"minimal", std::move(yaml)}; }

TEST(Regulation, IsPublishedAsVersionOne) {
  RegulationStory story;
  story.when(publish(minimal())).then({"RegulationPublished"});
  EXPECT_EQ(story.tags(), std::vector<Tag>{open_tag("pipelines")});
  EXPECT_EQ(story.event<v1::RegulationPublished>().version(), 1u);
  ASSERT_NE(story.state().current(), nullptr);
  EXPECT_EQ(story.state().current()->version, 1u);
  EXPECT_EQ(story.state().current()->code, "minimal");
}

TEST(Regulation, OldVersionsStayReadable) {
  RegulationStory story;
  story.given(publish(minimal()));
  story.when(publish(replaced(minimal(), "Simple sales", "Simpler sales")))
      .then({"RegulationPublished"});
  EXPECT_EQ(story.state().current()->version, 2u);
  EXPECT_EQ(story.state().at(1)->title.en, "Simple sales");
  EXPECT_EQ(story.state().at(2)->title.en, "Simpler sales");
  EXPECT_EQ(story.state().at(3), nullptr);
}

TEST(Regulation, TheSameFileIsNotPublishedTwice) {
  RegulationStory story;
  story.given(publish(minimal()));
  story.when(publish(minimal())).then({});
}

TEST(Regulation, AnUnsoundOneIsRefusedWithEveryMistake) {
  RegulationStory story;
  auto broken = replaced(minimal(), "moves: [work]", "moves: [nowhere]");
  broken = replaced(broken, "currency: RUB", "currency: XYZ");
  story.when(publish(broken)).then_refused("regulation_unsound");
  EXPECT_GE(story.error().fields.size(), 2u);
  for (const auto& field : story.error().fields) {
    EXPECT_TRUE(field.message.starts_with("line ")) << field.message;
  }
  story.when(publish("")).then_refused("regulation_unsound");
  story.when(publish(std::string(2 << 20, 'x'))).then_refused("regulation_too_large");
}

TEST(Regulation, AStageIsNeverDropped) {
  RegulationStory story;
  story.given(publish(minimal()));
  const auto renamed =
      replaced(replaced(minimal(), "[payment]", "[paying]"), "code: payment", "code: paying");
  story.when(publish(renamed)).then_refused("stage_dropped");
  ASSERT_EQ(story.error().fields.size(), 1u);
  EXPECT_NE(story.error().fields[0].message.find("'payment'"), std::string::npos);
}

TEST(Regulation, IsPublishedUnderItsOwnCodeOnly) {
  RegulationStory()
      .when(PublishRegulation{"other", minimal()})
      .then_refused("pipeline_code_differs");
}

}  // namespace
}  // namespace dealog::regulation
