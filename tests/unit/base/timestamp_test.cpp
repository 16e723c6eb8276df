#include "libs/base/timestamp.hpp"

#include <string>

#include <gtest/gtest.h>

namespace dealog {
namespace {

std::int64_t us_of(std::string_view text) {
  const auto parsed = Timestamp::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? parsed->us : -1;
}

TEST(Timestamp, PrintsRfc3339WithMicroseconds) {
  EXPECT_EQ(Timestamp{0}.rfc3339(), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(Timestamp{1}.rfc3339(), "1970-01-01T00:00:00.000001Z");
  EXPECT_EQ(Timestamp{1'772'357'400'000'000}.rfc3339(), "2026-03-01T09:30:00.000000Z");
  EXPECT_EQ(Timestamp{1'709'251'199'999'999}.rfc3339(), "2024-02-29T23:59:59.999999Z");
}

TEST(Timestamp, PrintsInstantsBeforeTheEpoch) {
  EXPECT_EQ(Timestamp{-1}.rfc3339(), "1969-12-31T23:59:59.999999Z");
}

TEST(Timestamp, ReadsEveryOffsetAsTheSameInstant) {
  const auto expected = us_of("2026-03-01T09:30:00Z");
  EXPECT_EQ(us_of("2026-03-01T12:30:00+03:00"), expected);
  EXPECT_EQ(us_of("2026-02-28T21:30:00-12:00"), expected);
  EXPECT_EQ(us_of("2026-03-01T15:00:00+05:30"), expected);
  EXPECT_EQ(us_of("2026-03-01T09:30:00+00:00"), expected);
  EXPECT_EQ(us_of("2026-03-01T09:30:00-00:00"), expected);
  EXPECT_EQ(us_of("2026-03-01t09:30:00z"), expected);
  EXPECT_EQ(us_of("2026-03-01 09:30:00Z"), expected);
}

TEST(Timestamp, CutsFractionsToMicroseconds) {
  const auto whole = us_of("2026-03-01T09:30:00Z");
  EXPECT_EQ(us_of("2026-03-01T09:30:00.5Z"), whole + 500'000);
  EXPECT_EQ(us_of("2026-03-01T09:30:00.000001Z"), whole + 1);
  EXPECT_EQ(us_of("2026-03-01T09:30:00.1234567Z"), whole + 123'456);
  EXPECT_EQ(us_of("2026-03-01T09:30:00.999999999+00:00"), whole + 999'999);
}

TEST(Timestamp, TakesALeapSecondAsTheStartOfTheNextMinute) {
  EXPECT_EQ(us_of("2016-12-31T23:59:60Z"), us_of("2017-01-01T00:00:00Z"));
}

TEST(Timestamp, RefusesWhatIsNotRfc3339) {
  for (const char* text : {"",
                           "2026-03-01",
                           "2026-03-01T09:30:00",
                           "2026-03-01T09:30Z",
                           "2026-03-01T09:30:00+0300",
                           "2026-03-01T09:30:00+3:00",
                           "2026-03-01T09:30:00+03",
                           "2026-03-01T24:00:00Z",
                           "2026-03-01T09:60:00Z",
                           "2026-03-01T09:30:61Z",
                           "2026-02-29T09:30:00Z",
                           "2026-13-01T09:30:00Z",
                           "2026-00-01T09:30:00Z",
                           "2026-03-00T09:30:00Z",
                           "2026-03-01T09:30:00.Z",
                           "2026-03-01T09:30:00.1234567890Z",
                           "2026-03-01T09:30:00,5Z",
                           "2026-03-01X09:30:00Z",
                           "2026/03/01T09:30:00Z",
                           "2026-03-01T09-30-00Z",
                           "2026-03-01T09:30:00+24:00",
                           "2026-03-01T09:30:00+03:60",
                           "2026-03-01T09:30:00Z ",
                           " 2026-03-01T09:30:00Z",
                           "2026-03-01T-9:30:00Z",
                           "1772357400",
                           "2026-W09-7T09:30:00Z",
                           "2026-03-01T09:30:00ZZ",
                           "2026-03-01T09:30:00.123456789+03:00:00.123456789"}) {
    const auto parsed = Timestamp::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, "invalid_time") << text;
    EXPECT_EQ(parsed.error().kind, ErrorKind::kInvalid) << text;
  }
}

TEST(Timestamp, KeepsToTheYears1970To9998) {
  EXPECT_EQ(us_of("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(Timestamp::parse("9998-12-31T23:59:59.999999Z")->rfc3339(),
            "9998-12-31T23:59:59.999999Z");
  for (const char* text :
       {"0000-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1899-12-31T00:00:00Z",
        "1969-12-31T23:59:59Z", "9999-01-01T00:00:00Z", "10000-01-01T00:00:00Z",
        "1970-01-01T00:00:00+00:01", "9998-12-31T23:59:59-00:01", "9998-12-31T23:59:60Z"}) {
    EXPECT_FALSE(Timestamp::parse(text)) << text;
  }
}

TEST(Timestamp, ReadsALocalDateBeforeTheEpochWhoseInstantIsAfterIt) {
  EXPECT_EQ(us_of("1969-12-31T23:00:00-02:00"), 3'600'000'000);
}

TEST(Timestamp, CountsInMicroseconds) {
  const Timestamp start{10};
  EXPECT_EQ(start + std::chrono::seconds(1), Timestamp{1'000'010});
  EXPECT_EQ(start - std::chrono::microseconds(10), Timestamp{0});
  EXPECT_EQ((start + std::chrono::hours(1)) - start, std::chrono::hours(1));
  EXPECT_TRUE(Timestamp{}.is_zero());
  EXPECT_LT(start, start + std::chrono::microseconds(1));
}

TEST(Date, ReadsAndPrintsCalendarDays) {
  EXPECT_EQ(Date::parse("1970-01-01").value().days, 0);
  EXPECT_EQ(Date::parse("1969-12-31").value().days, -1);
  EXPECT_EQ(Date::parse("2024-02-29").value().text(), "2024-02-29");
  EXPECT_EQ(Date::parse("1900-01-01").value().text(), "1900-01-01");
  EXPECT_EQ(Date::parse("9998-12-31").value().text(), "9998-12-31");
  EXPECT_EQ(Date::of(2026, 3, 1), Date::parse("2026-03-01").value());
}

TEST(Date, RefusesDaysThatDoNotExist) {
  for (const char* text : {"",           "2026-02-29", "1900-02-29",  "2026-02-30", "2026-04-31",
                           "2026-00-10", "2026-13-01", "2026-01-00",  "2026-01-32", "0000-01-01",
                           "1899-12-31", "9999-01-01", "10000-01-01", "2026-1-1",   "2026-01-01 ",
                           "20260101",   "2026-01-1",  "01-01-2026",  "-026-01-01", "2026-01-0a",
                           "2026.01.01"}) {
    const auto parsed = Date::parse(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, "invalid_date") << text;
  }
}

TEST(DateDeathTest, IsNeverMadeOfADayThatDoesNotExist) {
  EXPECT_DEATH(Date::of(2026, 2, 30), "broken invariant");
}

}  // namespace
}  // namespace dealog
