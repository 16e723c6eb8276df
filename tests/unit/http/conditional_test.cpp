#include "libs/http/conditional.hpp"

#include <gtest/gtest.h>

#include "libs/http/query_reader.hpp"
#include "libs/http/target.hpp"

namespace dealog::http {
namespace {

Request with(std::string_view name, std::string_view value) {
  Request request;
  request.headers.add(name, value);
  return request;
}

TEST(IfMatch, AllowsTheVersionThatItNames) {
  const auto match = IfMatch::parse(with("If-Match", "\"7\""));
  ASSERT_TRUE(match);
  EXPECT_TRUE(match->allows(7));
  EXPECT_FALSE(match->allows(8));
  EXPECT_EQ(match->version(), 7u);
  EXPECT_TRUE(match->check(7));
  EXPECT_EQ(match->check(8).error().kind, ErrorKind::kPrecondition);
  EXPECT_EQ(etag_of(7), "\"7\"");
}

TEST(IfMatch, AllowsEverythingWhenAbsentOrAStar) {
  EXPECT_TRUE(IfMatch::parse(Request())->allows(3));
  EXPECT_FALSE(IfMatch::parse(Request())->present());
  EXPECT_TRUE(IfMatch::parse(with("If-Match", "*"))->allows(3));
}

TEST(IfMatch, TakesListsAndNeverMatchesWeakOrForeignTags) {
  const auto list = IfMatch::parse(with("If-Match", "\"1\", \"2\""));
  EXPECT_TRUE(list->allows(2));
  EXPECT_EQ(list->version(), std::nullopt);
  EXPECT_FALSE(IfMatch::parse(with("If-Match", "W/\"7\""))->allows(7));
  EXPECT_FALSE(IfMatch::parse(with("If-Match", "\"abc\""))->allows(7));
  EXPECT_FALSE(IfMatch::parse(with("If-Match", "\"007\""))->allows(7));
}

TEST(IfMatch, RefusesWhatIsNoTag) {
  for (const auto* value : {"7", "\"7", "\"7\"x", "\"a b\"", "", ",", "\"1\"\"2\""}) {
    EXPECT_FALSE(IfMatch::parse(with("If-Match", value))) << value;
  }
}

TEST(IfNoneMatch, ComparesWeakly) {
  EXPECT_TRUE(none_match_hit(with("If-None-Match", "W/\"7\""), "\"7\""));
  EXPECT_TRUE(none_match_hit(with("If-None-Match", "\"1\", \"7\""), "\"7\""));
  EXPECT_TRUE(none_match_hit(with("If-None-Match", "*"), "\"7\""));
  EXPECT_FALSE(none_match_hit(with("If-None-Match", "\"8\""), "\"7\""));
  EXPECT_FALSE(none_match_hit(Request(), "\"7\""));
}

TEST(IdempotencyKey, IsAQuotedStringOrABareToken) {
  EXPECT_EQ(idempotency_key(Request()).value(), std::nullopt);
  EXPECT_EQ(idempotency_key(with("Idempotency-Key", "abc-1")).value(), "abc-1");
  EXPECT_EQ(idempotency_key(with("idempotency-key", "\"a b\\\"c\"")).value(), "a b\"c");
  EXPECT_EQ(idempotency_key(with("Idempotency-Key", std::string(255, 'k')))->value().size(), 255u);
}

TEST(IdempotencyKey, IsRefusedWhenMalformed) {
  for (const auto& value : {std::string(), std::string("\"\""), std::string(256, 'k'),
                            std::string("a b"), std::string("\"open"), std::string("\"a\"b"),
                            std::string("\"a\\n\""), std::string("ключ")}) {
    const auto key = idempotency_key(with("Idempotency-Key", value));
    ASSERT_FALSE(key) << value;
    EXPECT_EQ(key.error().code, "invalid_idempotency_key");
    EXPECT_EQ(key.error().kind, ErrorKind::kInvalid);
  }
  Request twice = with("Idempotency-Key", "a");
  twice.headers.add("Idempotency-Key", "a");
  EXPECT_FALSE(idempotency_key(twice));
}

Request with_query(std::string_view raw) {
  Request request;
  request.query = decode_query(raw).value();
  return request;
}

TEST(QueryReader, ReadsPagesFlagsAndIds) {
  const std::string deal = "deal_" + std::string(32, 'a');
  const Request request = with_query("limit=20&cursor=abc&settled=true&deal=" + deal);
  QueryReader in(request);
  const Page page = in.page();
  EXPECT_EQ(page.limit, 20u);
  EXPECT_EQ(page.cursor, "abc");
  EXPECT_TRUE(in.flag("settled"));
  EXPECT_EQ(in.optional_id<DealId>("deal")->text(), deal);
  EXPECT_TRUE(in.finish());
}

TEST(QueryReader, CollectsEveryMistake) {
  const Request request = with_query("limit=501&deal=x&typo=1&after=-1&after2=1&after2=2");
  QueryReader in(request);
  in.page();
  EXPECT_FALSE(in.optional_id<DealId>("deal"));
  EXPECT_FALSE(in.optional_unsigned("after", 10));
  EXPECT_FALSE(in.optional_unsigned("after2", 10));
  const auto result = in.finish();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "invalid_input");
  std::vector<std::string> pointers;
  for (const auto& field : result.error().fields) pointers.push_back(field.pointer);
  EXPECT_EQ(pointers, (std::vector<std::string>{"?limit", "?deal", "?after", "?after2", "?typo"}));
}

}  // namespace
}  // namespace dealog::http
