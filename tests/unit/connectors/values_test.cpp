#include <string>

#include <gtest/gtest.h>

#include "libs/connectors/parse/amounts.hpp"
#include "libs/connectors/parse/charset.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors {
namespace {

TEST(Charsets, OfOldSystemsBecomeUtf8) {
  EXPECT_EQ(to_utf8("\xc8\xe2\xe0\xed", "windows-1251"), "Иван");
  EXPECT_EQ(to_utf8("\xc8\xe2\xe0\xed", "CP1251"), "Иван");
  EXPECT_EQ(to_utf8("\xe9\xd7\xc1\xce", "KOI8-R"), "Иван");
  EXPECT_EQ(to_utf8("\x88\xa2\xa0\xad", "cp866"), "Иван");
  EXPECT_EQ(to_utf8("\xb8", "windows-1251"), "ё");
  EXPECT_EQ(to_utf8("caf\xe9", "iso-8859-1"), "café");
  EXPECT_EQ(to_utf8("Иван", ""), "Иван");
  EXPECT_EQ(to_utf8("Иван", " UTF-8 "), "Иван");
}

TEST(Charsets, RefuseOrReplaceWhatMeansNothing) {
  EXPECT_EQ(to_utf8("a\xff", "utf-8").error().code, "invalid_text");
  EXPECT_EQ(to_utf8("a\x81", "shift_jis").error().code, "invalid_text");
  EXPECT_EQ(to_utf8("a\xff", "utf-8", BadBytes::kReplace), "a\xef\xbf\xbd");
}

TEST(Charsets, ThatNobodyKnowsAreRefused) {
  for (const std::string_view name : {"klingon", "utf-7", "\xff\xfe", "a,b"}) {
    EXPECT_EQ(to_utf8("x", name).error().code, "unknown_charset") << name;
  }
}

TEST(Times, AreReadInThreeSpellingsOfTheOffset) {
  for (const std::string_view text :
       {"2026-03-05T11:23:11Z", "2026-03-05T14:23:11+03:00", "2026-03-05T14:23:11+0300",
        "2026-03-05 14:23:11 +03", "2026-03-05T05:53:11-0530", "2026-03-05 14:23:11"}) {
    const auto time = parse_time(text, "Europe/Moscow");
    ASSERT_TRUE(time) << text;
    EXPECT_EQ(time->rfc3339(), "2026-03-05T11:23:11.000000Z") << text;
  }
}

TEST(Times, WithoutAnOffsetAreWallClockOfTheZone) {
  EXPECT_EQ(parse_time("2026-07-01T12:00:00.25", "Europe/Berlin")->rfc3339(),
            "2026-07-01T10:00:00.250000Z");
  EXPECT_EQ(parse_time("2026-07-01 12:00", "Asia/Novosibirsk")->rfc3339(),
            "2026-07-01T05:00:00.000000Z");
  EXPECT_EQ(parse_time("2026-07-01", "Europe/Moscow")->rfc3339(), "2026-06-30T21:00:00.000000Z");
  EXPECT_EQ(parse_time("2026-07-01 12:00", "Mars/Base").error().code, "unknown_time_zone");
}

TEST(Times, AreReadWithADottedDateAndAnHourOfOneDigit) {
  for (const std::string_view text :
       {"05.03.2026 14:23:11", "5.3.2026 14:23:11", "05.03.2026, 14:23:11"}) {
    EXPECT_EQ(parse_time(text, "Europe/Moscow")->rfc3339(), "2026-03-05T11:23:11.000000Z") << text;
  }
  EXPECT_EQ(parse_time("05.03.2026", "Europe/Moscow")->rfc3339(), "2026-03-04T21:00:00.000000Z");
  EXPECT_EQ(parse_time("2026-03-05 9:07", "UTC")->rfc3339(), "2026-03-05T09:07:00.000000Z");
  for (const std::string_view text : {"5.3.26 10:00", "31.02.2026", "05.03.20261", "5.3."}) {
    EXPECT_FALSE(parse_time(text, "UTC")) << text;
  }
}

TEST(Times, OutsideTheCalendarAreRefused) {
  for (const std::string_view text :
       {"", "yesterday", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "2026-02-30",
        "2026-03-05T25:00:00Z", "2026-03-05T10:00:00+", "2026-03-05T10:00:00+3", "1969-12-31",
        "1970-01-01 00:00:00", "2026-03-05T10:00:00+03:00:00"}) {
    EXPECT_FALSE(parse_time(text, "Europe/Moscow")) << text;
  }
}

TEST(Times, AreReadByAPattern) {
  EXPECT_EQ(parse_time_as("5.3.2026 09:07", "%d.%m.%Y %H:%M", "Europe/Moscow")->rfc3339(),
            "2026-03-05T06:07:00.000000Z");
  EXPECT_EQ(parse_time_as("03/05/26", "%m/%d/%y", "UTC")->rfc3339(), "2026-03-05T00:00:00.000000Z");
  for (const std::string_view text : {"5.3.2026", "5.3.2026 9:7:1", "32.1.2026 0:0", "a.b.c d:e"}) {
    EXPECT_FALSE(parse_time_as(text, "%d.%m.%Y %H:%M", "UTC")) << text;
  }
}

TEST(Times, OfAPatternNeedAWholeDate) {
  EXPECT_TRUE(check_time_pattern("%d.%m.%Y"));
  for (const std::string_view pattern : {"", "%d.%m", "%d.%m.%Y %p", "%d.%m.%Y %"}) {
    EXPECT_FALSE(check_time_pattern(pattern)) << pattern;
  }
}

TEST(Times, SinceTheEpochAreSecondsOrMilliseconds) {
  EXPECT_EQ(parse_unix_time("1772709791")->rfc3339(), "2026-03-05T11:23:11.000000Z");
  EXPECT_EQ(parse_unix_time("1772709791250")->rfc3339(), "2026-03-05T11:23:11.250000Z");
  for (const std::string_view text : {"", "-1", "1e9", "999999999999999", "9223372036854775807"}) {
    EXPECT_FALSE(parse_unix_time(text)) << text;
  }
}

TEST(Amounts, AreReadAsPeopleWriteThem) {
  for (const std::string_view text : {"1200.5", "1200,50", "1 200,50",
                                      "1\xc2\xa0"
                                      "200.50",
                                      "1'200.50", " 1200.500000 "}) {
    const auto money = parse_amount(text, "RUB");
    ASSERT_TRUE(money) << text;
    EXPECT_EQ(money->minor, 120050) << text;
  }
  EXPECT_EQ(parse_amount("10.000000", "RUB")->minor, 1000);
  EXPECT_EQ(parse_amount("500", "JPY")->minor, 500);
  EXPECT_EQ(parse_amount("500.00", "JPY")->minor, 500);
}

TEST(Amounts, ThatCouldMeanTwoThingsAreRefused) {
  for (const std::string_view text : {"", "-5", "+5", "1,200", "1.2.3", "1,200.50", "12.345", "1e3",
                                      "0x10", "до 100", "1200 руб"}) {
    EXPECT_EQ(parse_amount(text, "RUB").error().code, "invalid_amount") << text;
  }
  EXPECT_EQ(parse_amount("99999999999999999999", "RUB").error().code, "amount_out_of_range");
  EXPECT_EQ(parse_amount("1", "XXQ").error().code, "unknown_currency");
}

TEST(Amounts, InMinorUnitsAreWholeNumbers) {
  EXPECT_EQ(parse_minor_amount("120050", "RUB")->decimal(), "1200.50");
  EXPECT_EQ(parse_minor_amount("500", "JPY")->decimal(), "500");
  for (const std::string_view text : {"", "-1", "1.5", "1 0"}) {
    EXPECT_EQ(parse_minor_amount(text, "RUB").error().code, "invalid_amount") << text;
  }
  EXPECT_EQ(parse_minor_amount("99999999999999999999", "RUB").error().code, "amount_out_of_range");
}

}  // namespace
}  // namespace dealog::connectors
