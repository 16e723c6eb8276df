#include "libs/connectors/parse/json.hpp"

#include <string>

#include <gtest/gtest.h>

#include "libs/base/limits.hpp"
#include "libs/connectors/parse/limits.hpp"

namespace dealog::connectors {
namespace {

Node json(std::string_view text) { return parse_json(text).value(); }

std::string refusal(std::string_view text) {
  const auto parsed = parse_json(text);
  return parsed ? "accepted" : parsed.error().code;
}

TEST(JsonTree, KeepsNumbersAsTheTextTheyCameAs) {
  const Node root = json(
      R"({"a":10.000000,"b":123456789012345678901234567890,"c":-0,"d":1e400,
          "e":9007199254740993})");
  EXPECT_EQ(root.text_of("a"), "10.000000");
  EXPECT_EQ(root.text_of("b"), "123456789012345678901234567890");
  EXPECT_EQ(root.text_of("c"), "-0");
  EXPECT_EQ(root.text_of("d"), "1e400");
  EXPECT_EQ(root.text_of("e"), "9007199254740993");
  EXPECT_EQ(root.find("a")->kind, Node::Kind::kNumber);
}

TEST(JsonTree, ReadsAnIdTheSameAsNumberAndAsString) {
  EXPECT_EQ(json(R"({"id":4444444444})").text_of("id"),
            json(R"({"id":"4444444444"})").text_of("id"));
}

TEST(JsonTree, ReadsEveryKindOfValue) {
  const Node root =
      json("\xef\xbb\xbf {\"l\":[1,[],{}],\"t\":true,\"n\":null,\"s\":\"a\\u044f\\n\"} ");
  EXPECT_EQ(root.find("l")->entries.size(), 3u);
  EXPECT_EQ(root.text_of({"l", "0"}), "1");
  EXPECT_EQ(root.text_of("t"), "true");
  EXPECT_EQ(root.text_of("n"), std::nullopt);
  EXPECT_EQ(root.text_of("s"), "aя\n");
  EXPECT_EQ(root.text_of("l"), std::nullopt);
  EXPECT_EQ(json("\"x\"").text, "x");
}

TEST(JsonTree, TakesTheLastOfAKeyThatComesTwice) {
  EXPECT_EQ(json(R"({"a":1,"a":2})").text_of("a"), "2");
}

TEST(JsonTree, RefusesTextThatIsCutAnywhere) {
  const std::string whole = R"({"a":[1,2,{"b":"c\n"}],"d":null})";
  for (std::size_t i = 0; i < whole.size(); ++i) {
    EXPECT_EQ(refusal(whole.substr(0, i)), "malformed_json") << i;
  }
}

TEST(JsonTree, RefusesWhatIsNotJson) {
  for (const std::string_view text : {"", "{a:1}", "[1,]", "{} {}", "{}x", "nul", "'a'", "01",
                                      "\"\xff\"", "// c\n1", "\"\x01\"", "\"\\ud800\"", "NaN"}) {
    EXPECT_EQ(refusal(text), "malformed_json") << text;
  }
}

TEST(JsonTree, RefusesDepthOverTheLimitWithoutEatingTheStack) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(refusal(nested(limits::kJsonDepth)), "accepted");
  EXPECT_EQ(refusal(nested(limits::kJsonDepth + 1)), "json_too_deep");
  EXPECT_EQ(refusal(nested(10'000)), "json_too_deep");
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), "json_too_deep");
}

TEST(JsonTree, RefusesTooManyValues) {
  std::string text = "[0";
  for (std::size_t i = 0; i < kJsonNodes; ++i) text += ",0";
  EXPECT_EQ(refusal(text + "]"), "json_too_large");
}

TEST(JsonTree, NeverQuotesTheTextInAnError) {
  const auto parsed = parse_json(R"({"phone":"+79160000001",})");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message.find("7916"), std::string::npos);
}

}  // namespace
}  // namespace dealog::connectors
