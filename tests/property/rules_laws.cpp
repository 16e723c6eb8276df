// Laws of business time over generated calendars, checked also against counting minute by minute.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/cron.hpp"
#include "libs/rules/regulation.hpp"
#include "libs/rules/time_parser.hpp"
#include "libs/rules/time_text.hpp"

namespace dealog::rules {
namespace {

using std::chrono::minutes;

std::vector<WorkingHours> any_day() {
  // From four in the morning to eleven at night: no zone changes its clocks then, so that counting
  // wall-clock minutes is a fair witness.
  auto marks = *rc::gen::container<std::set<int>>(rc::gen::inRange(4 * 60, 23 * 60));
  std::vector<WorkingHours> day;
  for (auto mark = marks.begin(); mark != marks.end() && std::next(mark) != marks.end();
       std::advance(mark, 2)) {
    day.push_back({minutes(*mark), minutes(*std::next(mark))});
    if (day.size() == 3 || std::distance(mark, marks.end()) < 3) break;
  }
  return day;
}

BusinessCalendar any_calendar() {
  BusinessCalendar calendar;
  calendar.time_zone = *rc::gen::element<std::string>(
      "Europe/Moscow", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
      "America/Santiago", "Pacific/Apia", "UTC");
  for (auto& day : calendar.week) {
    if (*rc::gen::inRange(0, 3) > 0) day = any_day();
  }
  // One day of the week works for certain, so that there always is working time ahead.
  calendar.week[2] = {{minutes(10 * 60), minutes(16 * 60)}};
  for (int i = *rc::gen::inRange(0, 6); i > 0; --i) {
    calendar.holidays.insert(Date{*rc::gen::inRange(20000, 21500)});
    calendar.exceptions[Date{*rc::gen::inRange(20000, 21500)}] = any_day();
  }
  return calendar;
}

Timestamp any_time() {
  // 2024-10 to 2028-10, to the microsecond.
  return Timestamp{*rc::gen::inRange<std::int64_t>(1'728'000'000'000'000, 1'857'000'000'000'000)};
}

minutes any_amount() { return minutes(*rc::gen::inRange(0, 6000)); }

RC_GTEST_PROP(BusinessTimeLaws, WhatIsAddedLiesBetween, ()) {
  const auto calendar = any_calendar();
  const auto start = any_time();
  const auto amount = any_amount();
  RC_ASSERT(calendar.between(start, calendar.add(start, amount)) == Duration(amount));
}

RC_GTEST_PROP(BusinessTimeLaws, ADeadlineIsNeverEarly, ()) {
  const auto calendar = any_calendar();
  const auto start = any_time();
  const auto amount = any_amount();
  const auto due = calendar.add(start, amount);
  RC_ASSERT(due >= start + amount);
  // A moment before it, less business time has passed.
  if (amount > minutes(0)) {
    RC_ASSERT(calendar.between(start, due - Duration(1)) < Duration(amount));
  }
}

RC_GTEST_PROP(BusinessTimeLaws, MoreTimeOrALaterStartNeverGivesAnEarlierDeadline, ()) {
  const auto calendar = any_calendar();
  const auto start = any_time();
  const auto later = start + Duration(*rc::gen::inRange<std::int64_t>(0, 400'000'000'000));
  const auto amount = any_amount();
  const auto more = amount + minutes(*rc::gen::inRange(0, 600));
  RC_ASSERT(calendar.add(start, amount) <= calendar.add(start, more));
  RC_ASSERT(calendar.add(start, amount) <= calendar.add(later, amount));
}

RC_GTEST_PROP(BusinessTimeLaws, TimeInPartsIsTimeInAll, ()) {
  const auto calendar = any_calendar();
  const auto a = any_time();
  const auto b = a + Duration(*rc::gen::inRange<std::int64_t>(0, 900'000'000'000));
  const auto c = b + Duration(*rc::gen::inRange<std::int64_t>(0, 900'000'000'000));
  RC_ASSERT(calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c));
}

// Whether the wall clock at `instant` stands in working hours.
bool works_at(const BusinessCalendar& calendar, Timestamp instant) {
  const auto date = local_date(instant, calendar.time_zone).value();
  const std::int64_t offset = utc_offset_s(instant, calendar.time_zone).value();
  const std::int64_t second = instant.us / 1'000'000 + offset - std::int64_t{date.days} * 86400;
  const auto exception = calendar.exceptions.find(date);
  if (exception == calendar.exceptions.end() && calendar.holidays.contains(date)) return false;
  const auto weekday = static_cast<std::size_t>((date.days + 3) % 7);
  const auto& hours =
      exception != calendar.exceptions.end() ? exception->second : calendar.week[weekday];
  return std::ranges::any_of(hours, [&](const WorkingHours& h) {
    return second >= h.from.count() * 60 && second < h.to.count() * 60;
  });
}

RC_GTEST_PROP(BusinessTimeLaws, CountingMinuteByMinuteGivesTheSame, ()) {
  const auto calendar = any_calendar();
  const std::int64_t minute_us = 60'000'000;
  const Timestamp start{any_time().us / minute_us * minute_us};
  const int length = *rc::gen::inRange(0, 4 * 24 * 60);
  std::int64_t counted = 0;
  for (int i = 0; i < length; ++i) counted += works_at(calendar, start + minutes(i)) ? 1 : 0;
  RC_ASSERT(calendar.between(start, start + minutes(length)) == Duration(minutes(counted)));
}

RC_GTEST_PROP(BusinessTimeLaws, GoingBackIsTheLatestInstantFromWhichTheTimePasses, ()) {
  const auto calendar = any_calendar();
  const auto until = any_time();
  const auto amount = any_amount();
  const auto from = calendar.subtract(until, amount);
  RC_ASSERT(from <= until - amount);
  RC_ASSERT(calendar.between(from, until) == Duration(amount));
  if (amount > minutes(0)) {
    RC_ASSERT(calendar.between(from + Duration(1), until) < Duration(amount));
  }
}

// ---- schedules ----

Cron any_cron() {
  const auto pick = [](auto... texts) { return *rc::gen::element<std::string>(texts...); };
  const std::string text =
      pick("0", "30", "*/15", "*/30", "7,37") + " " + pick("*", "2", "1-3", "*/6", "0,23") + " " +
      pick("*", "29", "*/5", "1-7") + " " + pick("*", "3,10", "9-11") + " " + pick("*", "0", "1-5");
  return Cron::parse(text, pick("Europe/Moscow", "Europe/Berlin", "America/New_York", "UTC",
                                "Asia/Kolkata", "Australia/Lord_Howe", "America/Santiago"))
      .value();
}

// Around a change of the clocks of one of the zones, or anywhen.
Timestamp any_minute() {
  constexpr std::int64_t kChanges[] = {1'774'746'000, 1'792'890'000, 1'772'953'200, 1'793'512'800,
                                       1'775'314'800, 1'775'358'000, 1'788'667'200};
  const std::int64_t near =
      *rc::gen::elementOf(std::vector(std::begin(kChanges), std::end(kChanges)));
  const std::int64_t start = *rc::gen::arbitrary<bool>() ? near : any_time().us / 1'000'000;
  return {(start / 60 - *rc::gen::inRange(0, 3000)) * 60'000'000};
}

bool comes_by_the_wall(const Cron& cron, Date day, int minute) {
  return cron.comes_on(day) && cron.hours[static_cast<std::size_t>(minute / 60)] &&
         cron.minutes[static_cast<std::size_t>(minute % 60)];
}

struct Wall {
  std::int64_t minutes = 0;  // of the local calendar, since 1970
};
Wall wall_at(const Cron& cron, Timestamp at) {
  return {(at.us / 1'000'000 + utc_offset_s(at, cron.time_zone).value()) / 60};
}

// Minute by minute: it comes when the wall shows, for the first time, this local time or one that
// was passed over.
std::optional<Timestamp> next_by_counting(const Cron& cron, Timestamp after, int minutes) {
  // The latest that the wall has shown, also before a change of the clocks not long ago.
  std::int64_t shown = 0;
  for (int back = 0; back <= 24 * 60; ++back) {
    shown = std::max(shown, wall_at(cron, after - std::chrono::minutes(back)).minutes);
  }
  for (int i = 1; i <= minutes; ++i) {
    const Timestamp at = after + std::chrono::minutes(i);
    const std::int64_t wall = wall_at(cron, at).minutes;
    for (; shown < wall; ++shown) {
      const std::int64_t local = shown + 1;
      const Date day{static_cast<std::int32_t>(local / 1440)};
      if (comes_by_the_wall(cron, day, static_cast<int>(local % 1440))) return at;
    }
  }
  return std::nullopt;
}

RC_GTEST_PROP(CronLaws, TheNextTimeIsTheFirstThatTheWallShowsAfterwards, ()) {
  const Cron cron = any_cron();
  const Timestamp after = any_minute();
  constexpr int kMinutes = 3 * 24 * 60;
  const auto counted = next_by_counting(cron, after, kMinutes);
  const auto next = cron.next(after);
  RC_ASSERT(next.has_value());
  RC_ASSERT(*next > after);
  RC_CLASSIFY(counted.has_value(), "within three days");
  if (counted) {
    RC_ASSERT(*next == *counted);
  } else {
    RC_ASSERT(*next > after + std::chrono::minutes(kMinutes));
  }
}

RC_GTEST_PROP(CronLaws, ALaterStartNeverGivesAnEarlierTimeAndNothingLiesBetween, ()) {
  const Cron cron = any_cron();
  const Timestamp after = any_minute();
  const auto next = cron.next(after).value();
  const Timestamp between =
      after + Duration(*rc::gen::inRange<std::int64_t>(0, (next - after).count()));
  RC_ASSERT(cron.next(between) == next);
  RC_ASSERT(cron.next(next).value() > next);
}

RC_GTEST_PROP(TimeLimitLaws, AreReadAsTheyAreWritten, ()) {
  const auto calendar = any_calendar();
  const TimeLimit limit{any_amount() + minutes(1), *rc::gen::arbitrary<bool>()};
  YamlNode node;
  node.kind = YamlNode::Kind::kScalar;
  node.text = limit_text(limit, calendar);
  IssueReport report;
  RC_ASSERT(parse_time_limit(YamlPlace(node, "late", report), calendar) == limit);
}

RC_GTEST_PROP(RegulationReading, NeverThrowsAndAlwaysHasAnIssueForWhatItCannotUse,
              (const std::string& text)) {
  RC_ASSERT(!parse_regulation(text).sound());
}

// ---- pauses ----

// Sorted, apart from each other, anywhere in the weeks after the instant.
std::vector<Pause> any_pauses(Timestamp start, int longest_minutes = 20'000) {
  std::vector<Pause> pauses;
  Timestamp at = start - Duration(std::chrono::hours(48));
  for (int i = *rc::gen::inRange(0, 5); i > 0; --i) {
    const Timestamp from = at + minutes(*rc::gen::inRange(0, 6000));
    at = from + minutes(*rc::gen::inRange(1, longest_minutes));
    pauses.push_back({from, at});
  }
  return pauses;
}

bool stands_still(const std::vector<Pause>& pauses, Timestamp instant) {
  return std::ranges::any_of(
      pauses, [&](const Pause& pause) { return pause.from <= instant && instant < pause.until; });
}

Duration paused_between(const std::vector<Pause>& pauses, Timestamp from, Timestamp to) {
  Duration total(0);
  for (const Pause& pause : pauses) {
    const auto begin = std::max(pause.from, from), end = std::min(pause.until, to);
    if (begin < end) total += end - begin;
  }
  return total;
}

RC_GTEST_PROP(PauseLaws, WhatIsAddedLiesBetweenWithoutThePauses, ()) {
  auto calendar = any_calendar();
  const auto start = any_time();
  calendar.pauses = any_pauses(start);
  const auto amount = any_amount();
  RC_ASSERT(calendar.between(start, calendar.add(start, amount)) == Duration(amount));
}

RC_GTEST_PROP(PauseLaws, BusinessTimeIsCountedMinuteForMinute, ()) {
  auto calendar = any_calendar();
  const Timestamp start{any_time().us / 60'000'000 * 60'000'000};
  calendar.pauses = any_pauses(start, 2'000);
  const auto amount = minutes(*rc::gen::inRange(1, 600));
  const auto due = calendar.add(start, amount);
  minutes counted(0);
  for (Timestamp at = start; at < due; at = at + minutes(1)) {
    if (works_at(calendar, at) && !stands_still(calendar.pauses, at)) ++counted;
  }
  RC_ASSERT(counted == amount);
}

RC_GTEST_PROP(PauseLaws, CalendarTimePassesOutsideOfThem, ()) {
  auto calendar = any_calendar();
  const auto start = any_time();
  calendar.pauses = any_pauses(start);
  const auto amount = any_amount();
  const auto due = calendar.pass(start, amount);
  RC_ASSERT(due - start - paused_between(calendar.pauses, start, due) == Duration(amount));
  // With nothing to wait for, what falls into a pause is due at its end.
  RC_ASSERT(!stands_still(calendar.pauses, calendar.pass(start, minutes(0))));
}

RC_GTEST_PROP(PauseLaws, OneMoreNeverMakesAnythingDueEarlier, ()) {
  auto calendar = any_calendar();
  const auto start = any_time();
  const auto amount = any_amount();
  const auto before = calendar.add(start, amount), passed = calendar.pass(start, amount);
  calendar.pauses = any_pauses(start);
  RC_ASSERT(calendar.add(start, amount) >= before);
  RC_ASSERT(calendar.pass(start, amount) >= passed);
}

RC_GTEST_PROP(PauseLaws, SubtractingUndoesAdding, ()) {
  auto calendar = any_calendar();
  const auto start = any_time();
  calendar.pauses = any_pauses(start);
  const auto amount = any_amount() + minutes(1);
  const auto back = calendar.subtract(calendar.add(start, amount), amount);
  // Nothing of the amount lies between where it began and where it leads back to.
  RC_ASSERT(calendar.between(std::min(start, back), std::max(start, back)) == Duration(0));
}

}  // namespace
}  // namespace dealog::rules
