// Whose time a rule reckons in: zones, calendars and absences of owners.
#include "libs/rules/owners_time.hpp"

#include <gtest/gtest.h>

#include "libs/rules/regulation.hpp"
#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr RuleTime kOwners{.owners_calendar = true};
constexpr RuleTime kStops{.stops_in_absence = true};
constexpr RuleTime kBoth{.owners_calendar = true, .stops_in_absence = true};

Timestamp at(std::string_view rfc3339) { return Timestamp::parse(rfc3339).value(); }

BusinessCalendar moscow() {
  BusinessCalendar calendar;
  calendar.time_zone = "Europe/Moscow";
  for (std::size_t day = 0; day < 5; ++day) calendar.week[day] = {{hours(9), hours(18)}};
  return calendar;
}
NamedCalendars named() {
  BusinessCalendar four_days = moscow();
  four_days.time_zone.clear();
  four_days.week[4] = {};
  BusinessCalendar almaty = moscow();
  almaty.time_zone = "Asia/Almaty";
  almaty.holidays = {Date::of(2026, 3, 23)};
  return {{"four-days", four_days}, {"almaty", almaty}};
}
Timestamp due(const RuleTime& time, const OwnTime& own, Timestamp from, minutes amount) {
  return calendar_of_owner(moscow(), named(), time, own).add(from, amount);
}

TEST(OwnersTime, IsTheCompanysUnlessTheRuleSaysOtherwise) {
  const OwnTime own{
      "Asia/Tokyo", "four-days", {{at("2026-03-01T00:00:00Z"), at("2027-03-01T00:00:00Z")}}};
  EXPECT_EQ(calendar_of_owner(moscow(), named(), {}, own), moscow());
}

TEST(OwnersTime, OfSomebodyElsewhereIsTheCompanysHoursInTheirZone) {
  // Thursday, 17:00 in Moscow is 23:00 in Tokyo: the time begins on Friday at nine there.
  EXPECT_EQ(due(kOwners, {"Asia/Tokyo", "", {}}, at("2026-03-12T17:00:00+03:00"), hours(1)),
            at("2026-03-13T10:00:00+09:00"));
  EXPECT_EQ(due(kOwners, {}, at("2026-03-12T17:00:00+03:00"), hours(1)),
            at("2026-03-12T18:00:00+03:00"));
}

TEST(OwnersTime, IsThatOfANamedCalendar) {
  // Nobody works on Fridays by it.
  EXPECT_EQ(
      due(kOwners, {"Asia/Tokyo", "four-days", {}}, at("2026-03-12T17:30:00+09:00"), hours(1)),
      at("2026-03-16T09:30:00+09:00"));
  // One that has a zone keeps it, and its own holidays.
  EXPECT_EQ(due(kOwners, {"Asia/Tokyo", "almaty", {}}, at("2026-03-20T17:30:00+05:00"), hours(1)),
            at("2026-03-24T09:30:00+05:00"));
  // One that the regulation has no more counts as none.
  EXPECT_EQ(due(kOwners, {"Asia/Tokyo", "gone", {}}, at("2026-03-13T17:30:00+09:00"), hours(1)),
            at("2026-03-16T09:30:00+09:00"));
}

TEST(OwnersTime, FollowsTheWallOfTheOwnerWhenClocksAreChanged) {
  // Moscow has no summer time, Berlin has: on the Monday after nine o'clock comes an hour earlier.
  const OwnTime berlin{"Europe/Berlin", "", {}};
  EXPECT_EQ(due(kOwners, berlin, at("2026-03-27T17:30:00+01:00"), hours(1)),
            at("2026-03-30T09:30:00+02:00"));
  EXPECT_EQ(due(kOwners, berlin, at("2026-10-23T17:30:00+02:00"), hours(1)),
            at("2026-10-26T09:30:00+01:00"));
}

TEST(OwnersTime, StandsStillInAnAbsenceAcrossHolidaysAndTheLeapDay) {
  BusinessCalendar company = moscow();
  company.holidays = {Date::of(2028, 2, 23)};  // within the absence: it is not counted twice
  const OwnTime own{
      "Europe/Moscow", "", {{at("2028-02-22T00:00:00+03:00"), at("2028-03-01T00:00:00+03:00")}}};
  const auto calendar = calendar_of_owner(company, {}, kStops, own);
  // Monday the 21st at 17:00: an hour then, and one on Wednesday, 1 March, after the 29th.
  EXPECT_EQ(calendar.add(at("2028-02-21T17:00:00+03:00"), hours(2)),
            at("2028-03-01T10:00:00+03:00"));
  EXPECT_EQ(calendar.pass(at("2028-02-21T17:00:00+03:00"), hours(8)),
            at("2028-03-01T01:00:00+03:00"));
  // What is due at the first moment of the absence is due then.
  EXPECT_EQ(calendar.pass(at("2028-02-21T17:00:00+03:00"), hours(7)),
            at("2028-02-22T00:00:00+03:00"));
  // What is due at once in it is due at its end.
  EXPECT_EQ(calendar.pass(at("2028-02-25T12:00:00+03:00"), hours(0)),
            at("2028-03-01T00:00:00+03:00"));
}

TEST(OwnersTime, StandsStillInTheOwnersCalendar) {
  // Away on the Friday in Tokyo; the company's calendar would have counted from Moscow's hours.
  const OwnTime own{
      "Asia/Tokyo", "", {{at("2026-03-13T00:00:00+09:00"), at("2026-03-14T00:00:00+09:00")}}};
  EXPECT_EQ(due(kBoth, own, at("2026-03-12T17:30:00+09:00"), hours(1)),
            at("2026-03-16T09:30:00+09:00"));
}

constexpr std::string_view kCalendars = R"(calendars:
  four-days:
    week:
      monday: ["09:00-18:00"]
  almaty:
    time_zone: Asia/Almaty
    week:
      tuesday: ["10:00-19:00"]
    holidays: [2026-03-23]
)";

TEST(NamedCalendars, AreReadWithAndWithoutAZone) {
  const Regulation regulation = parsed_soundly(std::string(kSoundText) + std::string(kCalendars));
  ASSERT_EQ(regulation.calendars.size(), 2u);
  EXPECT_EQ(regulation.calendars.at("four-days").time_zone, "");
  EXPECT_EQ(regulation.calendars.at("almaty").time_zone, "Asia/Almaty");
  EXPECT_TRUE(regulation.calendars.at("almaty").holidays.contains(Date::of(2026, 3, 23)));
}

TEST(NamedCalendars, ThatNobodyCouldWorkByAreRefused) {
  const auto first_issue = [](std::string_view from, std::string_view to) {
    std::string text = std::string(kSoundText) + std::string(kCalendars);
    text.replace(text.find(from), from.size(), to);
    const auto issues = parse_regulation(text).issues;
    return issues.empty() ? std::string() : issues[0].path + ": " + issues[0].message;
  };
  EXPECT_EQ(first_issue("monday: [\"09:00-18:00\"]", "monday: []"),
            "calendars.four-days: expected working hours on at least one weekday");
  EXPECT_EQ(first_issue("Asia/Almaty", "Asia/Astana"),
            "calendars.almaty.time_zone: expected an IANA time zone such as Europe/Moscow, found "
            "'Asia/Astana'");
  EXPECT_EQ(first_issue("four-days:", "4 days:").substr(0, 40),
            "calendars.4 days: expected a code of at ");
}

}  // namespace
}  // namespace dealog::rules
