// Schedules of five fields: what they may say, and when they come.
#include "libs/rules/cron.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace dealog::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::vector<std::string> times(std::string_view text, std::string_view zone, std::string_view after,
                               int count) {
  const auto cron = Cron::parse(text, zone);
  EXPECT_TRUE(cron.has_value()) << cron.error().message;
  std::vector<std::string> out;
  Timestamp at = Timestamp::parse(after).value();
  for (int i = 0; i < count; ++i) {
    at = cron->next(at).value();
    out.push_back(at.rfc3339().substr(0, 16));
  }
  return out;
}

TEST(Cron, ComesAtItsTimesInItsZone) {
  EXPECT_THAT(times("0 9 * * *", "Europe/Moscow", "2026-03-02T06:00:00Z", 2),
              ElementsAre("2026-03-03T06:00", "2026-03-04T06:00"));
  EXPECT_THAT(
      times("*/20 8-9 * * *", "UTC", "2026-03-02T08:30:00Z", 4),
      ElementsAre("2026-03-02T08:40", "2026-03-02T09:00", "2026-03-02T09:20", "2026-03-02T09:40"));
  // From Friday to Monday; 7 is Sunday as well as 0.
  EXPECT_THAT(times("15 18 * * mon-FRI", "UTC", "2026-03-06T18:15:00Z", 1),
              ElementsAre("2026-03-09T18:15"));
  EXPECT_THAT(times("0 0 * * 7", "UTC", "2026-03-02T00:00:00Z", 1),
              ElementsAre("2026-03-08T00:00"));
  EXPECT_THAT(times("0 12 1 jan,jul *", "UTC", "2026-03-02T00:00:00Z", 2),
              ElementsAre("2026-07-01T12:00", "2027-01-01T12:00"));
}

TEST(Cron, OfTwoKindsOfDaysEitherIsEnough) {
  // A Friday, or the 13th.
  EXPECT_THAT(times("0 0 13 * 5", "UTC", "2026-04-04T00:00:00Z", 3),
              ElementsAre("2026-04-10T00:00", "2026-04-13T00:00", "2026-04-17T00:00"));
  // A star with steps is no day of its own: both must agree.
  EXPECT_THAT(times("0 0 */2 * 1", "UTC", "2026-04-04T00:00:00Z", 2),
              ElementsAre("2026-04-13T00:00", "2026-04-27T00:00"));
}

TEST(Cron, ATimeThatThereIsNotComesAtTheNextThatThereIs) {
  // 02:00 to 03:00 is left out in Berlin on the 29th of March.
  EXPECT_THAT(times("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2),
              ElementsAre("2026-03-29T01:00", "2026-03-30T00:30"));
  // Both of them at the same instant, which is one time.
  EXPECT_THAT(times("*/30 2-3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 3),
              ElementsAre("2026-03-29T01:00", "2026-03-29T01:30", "2026-03-30T00:00"));
}

TEST(Cron, ATimeThatThereIsTwiceComesOnce) {
  // 02:00 to 03:00 is there twice in Berlin on the 25th of October.
  EXPECT_THAT(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2),
              ElementsAre("2026-10-25T00:30", "2026-10-26T01:30"));
  EXPECT_THAT(times("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1),
              ElementsAre("2026-10-26T01:30"));
}

TEST(Cron, LeapDaysComeAlsoAfterEightYears) {
  EXPECT_THAT(times("0 12 29 2 *", "UTC", "2026-01-01T00:00:00Z", 1),
              ElementsAre("2028-02-29T12:00"));
  EXPECT_THAT(times("0 12 29 2 *", "UTC", "2096-03-01T00:00:00Z", 1),
              ElementsAre("2104-02-29T12:00"));
}

TEST(Cron, SaysWhatIsWrong) {
  const auto message = [](std::string_view text) {
    const auto cron = Cron::parse(text, "UTC");
    return cron ? std::string("sound") : cron.error().message;
  };
  EXPECT_THAT(message("0 9 * *"), HasSubstr("expected five fields"));
  EXPECT_THAT(message("61 9 * * *"), HasSubstr("as the minute"));
  EXPECT_THAT(message("0 24 * * *"), HasSubstr("expected 0 to 23"));
  EXPECT_THAT(message("0 9 0 * *"), HasSubstr("as the day of the month"));
  EXPECT_THAT(message("0 9 * febr *"), HasSubstr("as the month"));
  EXPECT_THAT(message("0 9 * * 5-1"), HasSubstr("as the weekday"));
  EXPECT_THAT(message("0 9-17/0 * * *"), HasSubstr("as the hour"));
  EXPECT_THAT(message("0 9,, * * *"), HasSubstr("as the hour"));
  EXPECT_THAT(message("*/10 * * * *"), HasSubstr("at most every 15 minutes"));
  EXPECT_THAT(message("0,5 9 * * *"), HasSubstr("at most every 15 minutes"));
  EXPECT_THAT(message("0 9 31 2,4 *"), HasSubstr("never comes"));
  EXPECT_THAT(message(std::string(300, '*')), HasSubstr("expected five fields"));
}

TEST(Cron, InAnUnknownZoneNeverComes) {
  EXPECT_EQ(Cron::parse("0 9 * * *", "Nowhere/Town")->next(Timestamp{}), std::nullopt);
}

}  // namespace
}  // namespace dealog::rules
