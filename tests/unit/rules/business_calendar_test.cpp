#include "libs/rules/business_calendar.hpp"

#include <gtest/gtest.h>

namespace dealog::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

BusinessCalendar nine_to_six(std::string zone) {
  BusinessCalendar calendar;
  calendar.time_zone = std::move(zone);
  for (std::size_t day = 0; day < 5; ++day) calendar.week[day] = {{hours(9), hours(18)}};
  return calendar;
}

Timestamp at(std::string_view rfc3339) { return Timestamp::parse(rfc3339).value(); }

TEST(BusinessTime, OfALeadOnFridayEveningGoesOnOnMondayMorning) {
  const auto calendar = nine_to_six("Europe/Moscow");
  EXPECT_EQ(calendar.add(at("2026-03-13T17:55:00+03:00"), minutes(15)),
            at("2026-03-16T09:10:00+03:00"));
  EXPECT_EQ(calendar.add(at("2026-03-13T21:00:00+03:00"), minutes(15)),
            at("2026-03-16T09:15:00+03:00"));
}

TEST(BusinessTime, EndsOnTheSameDayWhenItFitsToTheMinute) {
  const auto calendar = nine_to_six("Europe/Moscow");
  EXPECT_EQ(calendar.add(at("2026-03-12T17:00:00+03:00"), minutes(60)),
            at("2026-03-12T18:00:00+03:00"));
}

TEST(BusinessTime, OfZeroIsNowInWorkingHoursAndElseTheNextOpening) {
  const auto calendar = nine_to_six("Europe/Moscow");
  EXPECT_EQ(calendar.add(at("2026-03-12T12:30:00.5+03:00"), minutes(0)),
            at("2026-03-12T12:30:00.5+03:00"));
  EXPECT_EQ(calendar.add(at("2026-03-12T18:00:00+03:00"), minutes(0)),
            at("2026-03-13T09:00:00+03:00"));
}

TEST(BusinessTime, KeepsTheSecondsItStartedWith) {
  const auto calendar = nine_to_six("Europe/Moscow");
  EXPECT_EQ(calendar.add(at("2026-03-12T17:59:59.999999+03:00"), minutes(1)),
            at("2026-03-13T09:00:59.999999+03:00"));
}

TEST(BusinessTime, PassesOverLunch) {
  auto calendar = nine_to_six("Europe/Moscow");
  calendar.week[3] = {{hours(9), hours(13)}, {hours(14), hours(18)}};
  EXPECT_EQ(calendar.add(at("2026-03-12T12:45:00+03:00"), minutes(30)),
            at("2026-03-12T14:15:00+03:00"));
}

TEST(BusinessTime, PassesOverHolidays) {
  auto calendar = nine_to_six("Europe/Moscow");
  calendar.holidays = {Date::of(2026, 3, 9)};
  EXPECT_EQ(calendar.add(at("2026-03-06T17:30:00+03:00"), hours(1)),
            at("2026-03-10T09:30:00+03:00"));
}

TEST(BusinessTime, KnowsAShortenedDayAndAWorkingSaturday) {
  auto calendar = nine_to_six("Europe/Moscow");
  calendar.exceptions[Date::of(2025, 11, 1)] = {{hours(9), hours(17)}};  // a Saturday
  EXPECT_EQ(calendar.add(at("2025-10-31T17:00:00+03:00"), hours(9)),
            at("2025-11-01T17:00:00+03:00"));
  EXPECT_EQ(calendar.add(at("2025-11-01T16:30:00+03:00"), hours(1)),
            at("2025-11-03T09:30:00+03:00"));
}

TEST(BusinessTime, FollowsTheWallWhenClocksAreChangedOverTheWeekend) {
  const auto calendar = nine_to_six("Europe/Berlin");
  // The clocks go forward on Sunday, 29 March 2026.
  EXPECT_EQ(calendar.add(at("2026-03-27T17:00:00+01:00"), hours(2)),
            at("2026-03-30T10:00:00+02:00"));
  EXPECT_EQ(calendar.add(at("2026-10-23T17:00:00+02:00"), hours(2)),
            at("2026-10-26T10:00:00+01:00"));
}

TEST(BusinessTime, CountsTheHoursThatANightShiftReallyHas) {
  BusinessCalendar night;
  night.time_zone = "Europe/Berlin";
  night.week[6] = {{hours(0), hours(6)}};
  EXPECT_EQ(night.between(at("2026-03-28T12:00:00Z"), at("2026-03-29T12:00:00Z")), hours(5));
  EXPECT_EQ(night.between(at("2026-10-24T12:00:00Z"), at("2026-10-25T12:00:00Z")), hours(7));
  EXPECT_EQ(night.between(at("2026-06-06T12:00:00Z"), at("2026-06-07T12:00:00Z")), hours(6));
}

TEST(BusinessTime, FindsNoneInAnHourThatTheClockLeavesOut) {
  BusinessCalendar calendar;
  calendar.time_zone = "Europe/Berlin";
  calendar.week[6] = {{hours(2), hours(3)}};
  EXPECT_EQ(calendar.add(at("2026-03-28T12:00:00Z"), minutes(1)), at("2026-04-05T00:01:00Z"));
}

TEST(BusinessTime, SurvivesADayThatAZoneSkips) {
  BusinessCalendar calendar;
  calendar.time_zone = "Pacific/Apia";  // had no 30 December 2011, a Friday
  for (auto& day : calendar.week) day = {{hours(9), hours(10)}};
  EXPECT_EQ(calendar.between(at("2011-12-29T00:00:00-10:00"), at("2012-01-01T00:00:00+14:00")),
            hours(2));
}

TEST(BusinessTime, OfACalendarWithoutWorkingHoursIsCalendarTime) {
  const BusinessCalendar none;
  const Timestamp start = at("2026-03-13T17:55:00Z");
  EXPECT_EQ(none.add(start, hours(3)), start + hours(3));
  EXPECT_EQ(none.between(start, start + hours(3)), Duration(0));
}

TEST(BusinessTime, OfACalendarThatRunsOutGoesOnInCalendarTime) {
  BusinessCalendar calendar;
  calendar.exceptions[Date::of(2026, 3, 13)] = {{hours(9), hours(10)}};
  EXPECT_EQ(calendar.add(at("2026-03-13T09:30:00Z"), hours(2)), at("2026-03-13T11:30:00Z"));
}

TEST(BusinessTime, EndsForEnormousAndNegativeAmounts) {
  const auto calendar = nine_to_six("Europe/Moscow");
  const Timestamp start = at("2026-03-12T12:00:00+03:00");
  EXPECT_EQ(calendar.add(start, minutes(-5)), start);
  EXPECT_GT(calendar.add(start, minutes::max()), start);
}

TEST(BusinessTime, OfAnUnknownZoneIsCalendarTime) {
  const auto calendar = nine_to_six("Mars/Olympus");
  const Timestamp start = at("2026-03-12T12:00:00Z");
  EXPECT_EQ(calendar.add(start, hours(30)), start + hours(30));
}

TEST(BusinessTime, BetweenIsZeroBackwards) {
  const auto calendar = nine_to_six("Europe/Moscow");
  EXPECT_EQ(calendar.between(at("2026-03-12T12:00:00Z"), at("2026-03-12T11:00:00Z")), Duration(0));
}

}  // namespace
}  // namespace dealog::rules
