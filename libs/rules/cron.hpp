// Schedules of five fields as cron has them, in the wall clock of a zone. Pure.
#pragma once

#include <bitset>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::rules {

// A schedule comes at most this often, by its minutes and hours.
inline constexpr std::chrono::minutes kCronAtMostEvery{15};

// Minute, hour, day of the month, month, weekday (0 or 7 is Sunday): each `*`, a number, a range
// `1-5`, a list `1,3`, or steps `*/10`, `8-18/2`; months and weekdays also as `jan`, `mon`. Where
// both days are restricted, either of them is enough. As in crontab(5) of Debian, but for the days
// on which clocks change: a local time that there is not comes at the next that there is, one
// that there is twice comes once, the first time.
struct Cron {
  std::string text;               // as it was written
  std::string time_zone = "UTC";  // IANA
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;       // from 1
  std::bitset<13> months;     // from 1
  std::bitset<7> weekdays;    // Sunday is 0
  bool every_day = true;      // the day of the month begins with `*`
  bool every_weekday = true;  // the weekday does

  // The five fields; the zone is the caller's to check. Errors: kInvalid "invalid_schedule", which
  // names the field: also when it never comes, or more often than kCronAtMostEvery.
  static Result<Cron> parse(std::string_view text, std::string_view time_zone);

  // The first instant after `after` at which it comes. Nothing when there is none within eight
  // years, or the zone is unknown. Thread: any.
  std::optional<Timestamp> next(Timestamp after) const;
  bool comes_on(Date day) const;

  bool operator==(const Cron&) const = default;
};

}  // namespace dealog::rules
