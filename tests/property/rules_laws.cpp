// Laws of business time over generated calendars, checked also against counting minute by minute.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/regulation.hpp"

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

RC_GTEST_PROP(RegulationReading, NeverThrowsAndAlwaysHasAnIssueForWhatItCannotUse,
              (const std::string& text)) {
  RC_ASSERT(!parse_regulation(text).sound());
}

}  // namespace
}  // namespace dealog::rules
