#include "libs/rules/business_calendar.hpp"

#include <algorithm>

namespace dealog::rules {
namespace {

// After this many days without working time a calendar is taken to have none: two years.
constexpr int kIdleDays = 731;
// The longest time that is reckoned in business time; what is beyond is calendar time.
constexpr int kLongestDays = 36525;  // a hundred years

struct Interval {
  Timestamp from;
  Timestamp to;  // exclusive

  Duration length() const { return to - from; }
};

std::size_t weekday_from_monday(Date date) {
  // 1970-01-01 was a Thursday.
  return static_cast<std::size_t>(((date.days + 3) % 7 + 7) % 7);
}

const std::vector<WorkingHours>& hours_of(const BusinessCalendar& calendar, Date date) {
  static const std::vector<WorkingHours> kNone;
  if (const auto found = calendar.exceptions.find(date); found != calendar.exceptions.end()) {
    return found->second;
  }
  if (calendar.holidays.contains(date)) return kNone;
  return calendar.week[weekday_from_monday(date)];
}

// Calls `visit(Interval)` for what is left of the interval outside of pauses, in order, until it
// returns false; says whether it did not.
template <class Visit>
bool each_part(const std::vector<Pause>& pauses, Interval interval, Visit visit) {
  auto pause = std::ranges::upper_bound(pauses, interval.from, {}, &Pause::until);
  for (; pause != pauses.end() && pause->from < interval.to; ++pause) {
    const Interval before{interval.from, pause->from};
    if (before.from < before.to && !visit(before)) return false;
    interval.from = pause->until;
  }
  return interval.from >= interval.to || visit(interval);
}

// The same backwards.
template <class Visit>
bool each_part_back(const std::vector<Pause>& pauses, Interval interval, Visit visit) {
  auto pause = std::ranges::lower_bound(pauses, interval.to, {}, &Pause::from);
  while (pause != pauses.begin() && std::prev(pause)->until > interval.from) {
    --pause;
    const Interval after{pause->until, interval.to};
    if (after.from < after.to && !visit(after)) return false;
    interval.to = pause->from;
  }
  return interval.from >= interval.to || visit(interval);
}

// Calls `visit(Interval)` for the working intervals from the local day of `from` on, in order and
// cut to begin at `from` at the earliest, until it returns false, `kIdleDays` pass without any, or
// the last day is past. Wall-clock hours are mapped to instants one by one, so a day with a DST
// change is an hour shorter or longer just as it is on the wall. False when the zone is unknown.
//
// A local time maps to the first instant at which the wall shows it, which keeps the order: the
// intervals of a day never begin before those of the day before end.
template <class Visit>
bool each_interval(const BusinessCalendar& calendar, Timestamp from, Visit visit) {
  const auto first = local_date(from, calendar.time_zone);
  if (!first) return false;
  int idle = 0;
  for (Date day = *first; day.days - first->days < kLongestDays && idle < kIdleDays; ++day.days) {
    ++idle;
    for (const WorkingHours& hours : hours_of(calendar, day)) {
      const auto start = local_instant(day, hours.from, calendar.time_zone);
      const auto end = local_instant(day, hours.to, calendar.time_zone);
      if (!start || !end) return false;
      const Interval interval{std::max(*start, from), *end};
      if (interval.from >= interval.to) continue;
      idle = 0;
      if (!each_part(calendar.pauses, interval, visit)) return true;
    }
  }
  return true;
}

// The same backwards, for the intervals that begin before `until`, cut to end there at the latest.
template <class Visit>
bool each_interval_back(const BusinessCalendar& calendar, Timestamp until, Visit visit) {
  const auto last = local_date(until, calendar.time_zone);
  if (!last) return false;
  int idle = 0;
  for (Date day = *last; last->days - day.days < kLongestDays && idle < kIdleDays; --day.days) {
    ++idle;
    const auto& all = hours_of(calendar, day);
    for (auto hours = all.rbegin(); hours != all.rend(); ++hours) {
      const auto start = local_instant(day, hours->from, calendar.time_zone);
      const auto end = local_instant(day, hours->to, calendar.time_zone);
      if (!start || !end) return false;
      const Interval interval{*start, std::min(*end, until)};
      if (interval.from >= interval.to) continue;
      idle = 0;
      if (!each_part_back(calendar.pauses, interval, visit)) return true;
    }
  }
  return true;
}

}  // namespace

Timestamp BusinessCalendar::add(Timestamp from, std::chrono::minutes amount) const {
  const Duration wanted =
      std::clamp(amount, std::chrono::minutes(0), std::chrono::minutes(kLongestDays * 24 * 60));
  Duration left = wanted;
  Timestamp worked_until = from;
  bool found = false;
  each_interval(*this, from, [&](const Interval& interval) {
    const Duration used = std::min(left, interval.length());
    worked_until = interval.from + used;
    left -= used;
    // With nothing wanted the first working instant is the answer; with something, its last.
    found = left == Duration(0);
    return !found;
  });
  return found ? worked_until : worked_until + left;
}

Timestamp BusinessCalendar::subtract(Timestamp until, std::chrono::minutes amount) const {
  Duration left =
      std::clamp(amount, std::chrono::minutes(0), std::chrono::minutes(kLongestDays * 24 * 60));
  if (left == Duration(0)) return until;
  Timestamp worked_from = until;
  each_interval_back(*this, until, [&](const Interval& interval) {
    const Duration used = std::min(left, interval.length());
    worked_from = interval.to - used;
    left -= used;
    return left > Duration(0);
  });
  return worked_from - left;
}

Duration BusinessCalendar::between(Timestamp from, Timestamp to) const {
  Duration total(0);
  each_interval(*this, from, [&](const Interval& interval) {
    if (interval.from >= to) return false;
    total += Interval{interval.from, std::min(interval.to, to)}.length();
    return interval.to < to;
  });
  return total;
}

Timestamp BusinessCalendar::pass(Timestamp from, std::chrono::minutes amount) const {
  Duration left = amount;
  auto pause = std::ranges::upper_bound(pauses, from, {}, &Pause::until);
  for (; pause != pauses.end(); ++pause) {
    if (from < pause->from && left <= pause->from - from) break;
    if (from < pause->from) left -= pause->from - from;
    from = pause->until;
  }
  return from + left;
}

}  // namespace dealog::rules
