#include <string>

#include <gtest/gtest.h>

#include "libs/base/timestamp.hpp"

namespace dealog {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

std::string start(const char* date, const char* zone) {
  return start_of_day(Date::parse(date).value(), zone).value().rfc3339();
}

std::string local(const char* date, seconds time_of_day, const char* zone) {
  return local_instant(Date::parse(date).value(), time_of_day, zone).value().rfc3339();
}

std::string day(const char* instant, const char* zone) {
  return local_date(Timestamp::parse(instant).value(), zone).value().text();
}

TEST(StartOfDay, IsMidnightOfTheZone) {
  EXPECT_EQ(start("2026-03-01", "Europe/Moscow"), "2026-02-28T21:00:00.000000Z");
  EXPECT_EQ(start("2026-03-01", "UTC"), "2026-03-01T00:00:00.000000Z");
  EXPECT_EQ(start("2026-03-01", "Asia/Kathmandu"), "2026-02-28T18:15:00.000000Z");
}

TEST(StartOfDay, IsTheFirstInstantWhereMidnightIsSkipped) {
  // Brazil moved its clocks forward at midnight: 2018-11-04 began at 01:00.
  EXPECT_EQ(start("2018-11-04", "America/Sao_Paulo"), "2018-11-04T03:00:00.000000Z");
  EXPECT_EQ(day("2018-11-04T03:00:00Z", "America/Sao_Paulo"), "2018-11-04");
  EXPECT_EQ(day("2018-11-04T02:59:59Z", "America/Sao_Paulo"), "2018-11-03");
}

TEST(StartOfDay, IsTheEarlierWhereMidnightComesTwice) {
  // Cuba turns its clocks back from 01:00 to 00:00.
  EXPECT_EQ(start("2025-11-02", "America/Havana"), "2025-11-02T04:00:00.000000Z");
}

TEST(StartOfDay, OfADayThatAZoneSkippedIsTheStartOfTheNext) {
  // Samoa crossed the date line: there was no 2011-12-30.
  EXPECT_EQ(start("2011-12-30", "Pacific/Apia"), start("2011-12-31", "Pacific/Apia"));
}

TEST(LocalInstant, FollowsTheOffsetInForceThatDay) {
  EXPECT_EQ(local("2026-01-15", hours(9), "Europe/Berlin"), "2026-01-15T08:00:00.000000Z");
  EXPECT_EQ(local("2026-07-15", hours(9), "Europe/Berlin"), "2026-07-15T07:00:00.000000Z");
  EXPECT_EQ(local("2010-07-15", hours(9), "Europe/Moscow"), "2010-07-15T05:00:00.000000Z");
}

TEST(LocalInstant, InAGapIsTheFirstInstantAfterIt) {
  // Berlin, 2026-03-29: 02:00 becomes 03:00, at 01:00 UTC.
  EXPECT_EQ(local("2026-03-29", hours(2) + minutes(30), "Europe/Berlin"),
            "2026-03-29T01:00:00.000000Z");
}

TEST(LocalInstant, WhenDoubledIsTheEarlier) {
  // Berlin, 2026-10-25: 03:00 becomes 02:00, at 01:00 UTC; 02:30 is 00:30 and 01:30 UTC.
  EXPECT_EQ(local("2026-10-25", hours(2) + minutes(30), "Europe/Berlin"),
            "2026-10-25T00:30:00.000000Z");
}

TEST(LocalInstant, MayLieOnTheNextDay) {
  EXPECT_EQ(local("2026-03-01", hours(25), "UTC"), "2026-03-02T01:00:00.000000Z");
}

TEST(LocalDate, ChangesAtMidnightOfTheZone) {
  EXPECT_EQ(day("2026-02-28T20:59:59.999999Z", "Europe/Moscow"), "2026-02-28");
  EXPECT_EQ(day("2026-02-28T21:00:00Z", "Europe/Moscow"), "2026-03-01");
  EXPECT_EQ(day("2026-03-01T00:30:00Z", "America/New_York"), "2026-02-28");
}

TEST(UtcOffset, IsWhatIsInForceAtTheInstant) {
  const auto offset = [](const char* instant, const char* zone) {
    return utc_offset_s(Timestamp::parse(instant).value(), zone).value();
  };
  EXPECT_EQ(offset("2026-01-15T00:00:00Z", "Europe/Berlin"), 3600);
  EXPECT_EQ(offset("2026-07-15T00:00:00Z", "Europe/Berlin"), 7200);
  EXPECT_EQ(offset("2026-03-29T00:59:59Z", "Europe/Berlin"), 3600);
  EXPECT_EQ(offset("2026-03-29T01:00:00Z", "Europe/Berlin"), 7200);
  EXPECT_EQ(offset("2012-07-01T00:00:00Z", "Europe/Moscow"), 14400);
  EXPECT_EQ(offset("2026-07-01T00:00:00Z", "Europe/Moscow"), 10800);
}

TEST(TimeZone, RefusesWhatIanaDoesNotList) {
  for (const std::string zone : {"", "Moscow", "Europe/", "europe/moscow", "../../etc/passwd",
                                 "/etc/localtime", "MSK+3", "Europe/Moscow ", "Mars/Olympus"}) {
    const auto checked = check_time_zone(zone);
    ASSERT_FALSE(checked) << zone;
    EXPECT_EQ(checked.error().code, "unknown_time_zone") << zone;
    EXPECT_FALSE(local_date(Timestamp{0}, zone)) << zone;
    EXPECT_FALSE(start_of_day(Date{0}, zone)) << zone;
    EXPECT_FALSE(utc_offset_s(Timestamp{0}, zone)) << zone;
  }
}

TEST(TimeZone, AcceptsZonesAndTheirOldNames) {
  for (const char* zone : {"UTC", "Europe/Moscow", "Asia/Calcutta", "America/Argentina/Salta"}) {
    EXPECT_TRUE(check_time_zone(zone)) << zone;
  }
}

}  // namespace
}  // namespace dealog
