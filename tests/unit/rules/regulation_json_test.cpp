#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

boost::json::value json_of(std::string_view yaml) {
  return boost::json::parse(to_json(parsed_soundly(yaml)));
}

TEST(RegulationAsJson, NamesEveryStageCriterionTypeFieldAndReason) {
  const auto json = json_of(kSoundText);
  EXPECT_EQ(json.at("code").as_string(), "sample");
  EXPECT_EQ(json.at("currency").as_string(), "RUB");
  EXPECT_EQ(json.at("prepayment").at("percent").as_string(), "30.00");
  EXPECT_EQ(json.at("discount_without_approval").at("basis_points").as_int64(), 1250);
  EXPECT_EQ(json.at("answer_within").at("minutes").as_int64(), 15);
  EXPECT_EQ(json.at("work_types").at(0).at("price_to").at("amount").as_string(), "300.00");
  EXPECT_EQ(json.at("loss_reasons").at(0).at("code").as_string(), "price");
  EXPECT_EQ(json.at("custom_fields").at(1).at("type").as_string(), "number");
  EXPECT_EQ(json.at("follow_up").at("kind").as_string(), "follow_up");
  const auto& stage = json.at("stages").at(0);
  EXPECT_EQ(stage.at("title").at("ru").as_string(), "Первый");
  EXPECT_EQ(stage.at("limit").at("minutes").as_int64(), 540);
  EXPECT_TRUE(stage.at("limit").at("business").as_bool());
  EXPECT_EQ(stage.at("moves").as_array().size(), 2u);
  EXPECT_TRUE(stage.at("automatic_to").is_null());
  EXPECT_EQ(stage.at("on_entering").at(0).at("when").at("kind").as_string(), "not");
  EXPECT_EQ(json.at("stages").at(1).at("automatic_to").as_string(), "third");
  EXPECT_EQ(json.at("stages").at(2).at("wins_when").at(0).at("code").as_string(),
            "balance:cleared");
}

TEST(RegulationAsJson, ShowsACriterionWithItsParametersAndSentences) {
  const auto json = json_of(kSoundText);
  const auto& touch = json.at("stages").at(0).at("exit").at(1);
  EXPECT_EQ(touch.at("kind").as_string(), "touch");
  EXPECT_EQ(touch.at("parameters").at("kinds").at(1).as_string(), "meeting");
  EXPECT_EQ(touch.at("parameters").at("outcomes").at(0).as_string(), "connected");
  EXPECT_FALSE(touch.at("message").at("ru").as_string().empty());
  EXPECT_EQ(json.at("stages").at(1).at("exit").at(0).at("parameters").at("at_least").as_string(),
            "required_prepayment");
}

TEST(RegulationAsJson, ShowsWhatAFieldIsComparedWith) {
  const auto json =
      json_of(sound_text_with("- field: amount", "- {field: amount, more: 5.50 RUB}"));
  const auto& parameters = json.at("stages").at(0).at("exit").at(0).at("parameters");
  EXPECT_EQ(parameters.at("comparison").as_string(), "more");
  EXPECT_EQ(parameters.at("values").at(0).at("amount").as_string(), "5.50");
}

TEST(RegulationAsJson, ShowsTheCalendar) {
  const auto calendar = json_of(kSoundText).at("calendar");
  EXPECT_EQ(calendar.at("time_zone").as_string(), "Europe/Moscow");
  EXPECT_EQ(calendar.at("week").at("monday").at(1).at("from").as_string(), "14:00");
  EXPECT_EQ(calendar.at("holidays").as_array().size(), 4u);
  EXPECT_EQ(calendar.at("exceptions").at("2026-04-30").at(0).at("to").as_string(), "17:00");
}

}  // namespace
}  // namespace dealog::rules
