#include "libs/http/byte_range.hpp"

#include <gtest/gtest.h>

namespace dealog::http {
namespace {

constexpr std::string_view kTag = "\"v1\"";

Response answer(std::string_view range, std::string_view condition = {}) {
  Request request;
  if (!range.empty()) request.headers.add("Range", range);
  if (!condition.empty()) request.headers.add("If-Range", condition);
  return with_range(request, "0123456789", kTag);
}

void expect_part(const Response& response, std::string_view body, std::string_view range) {
  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.body, body);
  EXPECT_EQ(response.headers.get("Content-Range"), range);
}

TEST(ByteRange, WithoutOneTheWholeIsGiven) {
  const auto whole = answer("");
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(whole.body, "0123456789");
  EXPECT_EQ(whole.headers.get("Accept-Ranges"), "bytes");
  EXPECT_EQ(whole.headers.get("ETag"), kTag);
}

TEST(ByteRange, GivesTheBytesThatAreAskedFor) {
  expect_part(answer("bytes=0-0"), "0", "bytes 0-0/10");
  expect_part(answer("bytes=2-4"), "234", "bytes 2-4/10");
  expect_part(answer("bytes=7-"), "789", "bytes 7-9/10");
  expect_part(answer("bytes=-3"), "789", "bytes 7-9/10");
  expect_part(answer("Bytes=8-500"), "89", "bytes 8-9/10");
  expect_part(answer("bytes=-500"), "0123456789", "bytes 0-9/10");
  expect_part(answer("bytes=9-99999999999999999999999"), "9", "bytes 9-9/10");
  expect_part(answer("bytes=1-1", kTag), "1", "bytes 1-1/10");
}

TEST(ByteRange, NothingOfItThereIsSaid) {
  for (const auto* range :
       {"bytes=10-", "bytes=10-12", "bytes=-0", "bytes=99999999999999999999999-"}) {
    const auto none = answer(range);
    EXPECT_EQ(none.status, 416) << range;
    EXPECT_EQ(none.headers.get("Content-Range"), "bytes */10");
    EXPECT_TRUE(none.body.empty());
  }
}

TEST(ByteRange, WhatIsOddOrOldGivesTheWhole) {
  for (const auto* range : {"bytes=4-2", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5",
                            "items=0-1", "bytes=1", "bytes=+1-2"}) {
    EXPECT_EQ(answer(range).status, 200) << range;
  }
  EXPECT_EQ(answer("bytes=1-1", "\"v0\"").status, 200);
}

TEST(ByteRange, WhatTheClientHasIsNotSentAgain) {
  Request request;
  request.headers.add("If-None-Match", kTag);
  request.headers.add("Range", "bytes=0-1");
  const auto known = with_range(request, "0123456789", kTag);
  EXPECT_EQ(known.status, 304);
  EXPECT_TRUE(known.body.empty());
}

}  // namespace
}  // namespace dealog::http
