#include "libs/http/json_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/http/request.hpp"

namespace dealog::http {
namespace {

using namespace std::string_literals;
using testing::ElementsAre;
using testing::Pair;

enum class Direction { kIn, kOut };
constexpr EnumText<Direction> kDirections[] = {{"in", Direction::kIn}, {"out", Direction::kOut}};

JsonDocument document(std::string_view text) {
  auto parsed = JsonDocument::parse(text);
  EXPECT_TRUE(parsed) << text;
  return std::move(*parsed);
}

std::vector<std::pair<std::string, std::string>> errors(JsonDocument& read) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto result = read.finish();
  if (result) return out;
  EXPECT_EQ(result.error().kind, ErrorKind::kInvalid);
  EXPECT_EQ(result.error().code, "invalid_input");
  for (const auto& field : result.error().fields) out.emplace_back(field.pointer, field.code);
  return out;
}

TEST(StrictJson, RefusesWhatTwoParsersWouldReadDifferently) {
  for (const auto& text :
       {""s, "{"s, "{} x"s, "[1,]"s, "{\"a\":1,\"a\":2}"s, R"({"a":1,"\u0061":2})"s,
        R"([{"x":{"k":1,"b":2,"k":3}}])"s, "\"\\u0000\""s, "\"\xff\""s, "\"\\ud800\""s, "NaN"s,
        "2e308"s, "01"s, "'a'"s, "// c\n1"s, "\xef\xbb\xbf{}"s, "{\"\\u0000\":1}"s}) {
    const auto value = parse_json(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().code, "invalid_json") << text;
  }
}

TEST(StrictJson, KeepsEqualKeysOfDifferentObjectsApart) {
  EXPECT_TRUE(parse_json(R"([{"a":{"a":1}},{"a":2}])"));
}

TEST(StrictJson, StopsAtItsDepth) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(parse_json(nested(limits::kJsonDepth)));
  EXPECT_FALSE(parse_json(nested(limits::kJsonDepth + 1)));
  EXPECT_FALSE(parse_json(nested(10'000)));
  EXPECT_FALSE(parse_json(std::string(1'000'000, '[')));
}

TEST(StrictJson, NamesThePlaceOfTheMistake) {
  const auto value = parse_json("{\n  \"a\": x\n}");
  ASSERT_FALSE(value);
  EXPECT_NE(value.error().message.find("line 2, column 8"), std::string::npos)
      << value.error().message;
}

TEST(ObjectReader, ReadsEveryKindOfField) {
  auto read = document(R"({"title":"  Site ","n":5,"on":true,"rate":"1.5","rate2":2.25,
    "amount":{"amount":"130000.00","currency":"RUB"},"at":"2026-03-01T09:30:00Z",
    "day":"2026-03-01","owner":"usr_00000000000000000000000000000001","direction":"out",
    "stage":"meeting_held","tags":["a","b"],"custom":{"x":[1]},"gone":null})");
  auto& in = read.object();
  EXPECT_EQ(in.required_string("title", 10), "Site");
  EXPECT_EQ(in.required_integer("n", 1, 5), 5);
  EXPECT_EQ(in.optional_bool("on"), true);
  EXPECT_EQ(in.required_decimal("rate", 3, 0, 10'000), 1500);
  EXPECT_EQ(in.required_decimal("rate2", 2, 0, 10'000), 225);
  EXPECT_EQ(in.required_money("amount", MoneyRange::kPositive).minor, 13'000'000);
  EXPECT_EQ(in.required_time("at").rfc3339(), "2026-03-01T09:30:00.000000Z");
  EXPECT_EQ(in.required_date("day").text(), "2026-03-01");
  EXPECT_EQ(in.required_id<UserId>("owner").text(), "usr_00000000000000000000000000000001");
  EXPECT_EQ(in.required_enum<Direction>("direction", kDirections), Direction::kOut);
  EXPECT_EQ(in.required_code("stage"), "meeting_held");
  EXPECT_THAT(in.string_array("tags", 5, 10), ElementsAre("a", "b"));
  EXPECT_TRUE(in.optional_raw_object("custom")->contains("x"));
  EXPECT_EQ(in.presence("gone"), Presence::kNull);
  EXPECT_EQ(in.optional_string("gone", 10), std::nullopt);
  EXPECT_EQ(in.presence("absent"), Presence::kAbsent);
  EXPECT_TRUE(read.finish());
}

TEST(ObjectReader, CollectsAllErrorsWithTheirPointers) {
  auto read = document(R"({"title":"","n":7,"amount":{"amount":"1.234","currency":"RUB"},
    "at":"yesterday","owner":"deal_1","direction":"up","a/b~c":1})");
  auto& in = read.object();
  in.required_string("title", 10);
  in.required_integer("n", 1, 5);
  in.required_money("amount", MoneyRange::kAny);
  in.required_time("at");
  in.required_id<UserId>("owner");
  in.required_enum<Direction>("direction", kDirections);
  in.required_string("missing", 10);
  EXPECT_THAT(errors(read),
              ElementsAre(Pair("/title", "empty"), Pair("/n", "out_of_range"),
                          Pair("/amount/amount", "invalid_amount"), Pair("/at", "invalid_time"),
                          Pair("/owner", "invalid_id"), Pair("/direction", "not_allowed"),
                          Pair("/missing", "required"), Pair("/a~1b~0c", "unknown_field")));
}

TEST(ObjectReader, ReadsArraysOfObjectsWithIndexesInPointers) {
  auto read = document(R"({"lines":[{"title":"a"},{"titel":"b"},5]})");
  auto& in = read.object();
  std::vector<std::string> titles;
  EXPECT_EQ(in.each_object(
                "lines", 5,
                [&](ObjectReader& line) { titles.push_back(line.required_string("title", 10)); }),
            3u);
  EXPECT_THAT(errors(read), ElementsAre(Pair("/lines/1/title", "required"),
                                        Pair("/lines/1/titel", "unknown_field"),
                                        Pair("/lines/2", "invalid_type")));
}

TEST(ObjectReader, ReadsNestedObjectsAndReportsAMissingOneOnce) {
  auto read = document(R"({"person":{"name":"Anna","x":1}})");
  auto& in = read.object();
  {
    auto person = in.optional_object("person");
    ASSERT_TRUE(person);
    EXPECT_EQ(person->required_string("name", 10), "Anna");
  }
  {
    auto company = in.required_object("company");
    company.required_string("name", 10);
  }
  EXPECT_THAT(errors(read),
              ElementsAre(Pair("/person/x", "unknown_field"), Pair("/company", "required")));
}

TEST(ObjectReader, RefusesWrongTypesAndRanges) {
  auto read = document(R"({"s":1,"i":"1","b":1,"big":18446744073709551615,"f":1.5,"d":"1.2345",
    "e":"1e3","neg":{"amount":"-1.00","currency":"RUB"},"cur":{"amount":"1.00","currency":"XXY"},
    "num":{"amount":5,"currency":"RUB"},"c":"Not a code","l":[1],"long":"aaaa"})");
  auto& in = read.object();
  in.required_string("s", 5);
  in.required_integer("i", 0, 5);
  in.required_bool("b");
  in.required_integer("big", 0, INT64_MAX - 1);
  in.required_integer("f", 0, 5);
  in.required_decimal("d", 3, 0, 10'000);
  in.required_decimal("e", 3, 0, 10'000);
  in.required_money("neg", MoneyRange::kNotNegative);
  in.required_money("cur", MoneyRange::kAny);
  in.required_money("num", MoneyRange::kAny);
  in.required_code("c");
  in.string_array("l", 5, 5);
  in.required_string("long", 3);
  EXPECT_THAT(errors(read),
              ElementsAre(Pair("/s", "invalid_type"), Pair("/i", "invalid_type"),
                          Pair("/b", "invalid_type"), Pair("/big", "out_of_range"),
                          Pair("/f", "invalid_type"), Pair("/d", "invalid_number"),
                          Pair("/e", "invalid_number"), Pair("/neg/amount", "out_of_range"),
                          Pair("/cur/currency", "unknown_currency"),
                          Pair("/num/amount", "invalid_type"), Pair("/c", "invalid_code"),
                          Pair("/l/0", "invalid_type"), Pair("/long", "too_long")));
}

TEST(ObjectReader, RefusesABodyThatIsNoObject) {
  auto read = document("[]");
  read.object().required_string("title", 5);
  EXPECT_THAT(errors(read), ElementsAre(Pair("", "invalid_type")));
}

TEST(ObjectReader, BoundsTheListOfErrors) {
  std::string text = "{\"a0\":0";
  for (int i = 1; i < 1000; ++i) text += ",\"a" + std::to_string(i) + "\":0";
  auto read = document(text + "}");
  read.object();
  EXPECT_EQ(errors(read).size(), 100u);
}

TEST(ObjectReader, SpeaksRussianWhenAsked) {
  Request request;
  request.body = "{}";
  request.headers.add("Accept-Language", "ru");
  auto read = read_json(request);
  ASSERT_TRUE(read);
  read->object().required_string("title", 5);
  EXPECT_EQ(read->finish().error().fields.at(0).message, "Это поле обязательно");
  request.body = "{";
  EXPECT_NE(read_json(request).error().message.find("не JSON"), std::string::npos);
}

TEST(ObjectReader, SaysThatABodyIsMissing) {
  Request request;
  EXPECT_EQ(read_json(request).error().code, "body_missing");
  EXPECT_EQ(read_json(request).error().message,
            "the request has no body; a JSON object is expected");
  EXPECT_TRUE(read_json(request, true));
}

}  // namespace
}  // namespace dealog::http
