// When people of the studio are at work.
#pragma once

#include <chrono>

#include "libs/base/timestamp.hpp"
#include "libs/rules/business_calendar.hpp"
#include "services/dealog/demo/random.hpp"

namespace dealog::demo {

// A working day of the web studio has nine hours.
inline constexpr std::int64_t kDayMinutes = 9 * 60;

class WorkDays {
 public:
  explicit WorkDays(const rules::BusinessCalendar& calendar) : calendar_(calendar) {}

  // By when so much business time has passed; a few minutes more, because nobody is exact.
  Timestamp after(Timestamp from, std::int64_t minutes, Random& random) const {
    return calendar_.add(from, std::chrono::minutes(minutes)) +
           std::chrono::seconds(random.between(20, 1500));
  }
  Timestamp exactly_after(Timestamp from, std::int64_t minutes) const {
    return calendar_.add(from, std::chrono::minutes(minutes));
  }
  Date day_of(Timestamp at) const { return local_date(at, calendar_.time_zone).value_or(Date{}); }
  // A whole hour of that working day, or of the next one.
  Timestamp at_hour(Date day, int hour) const {
    const auto at = local_instant(day, std::chrono::hours(hour), calendar_.time_zone);
    return calendar_.add(at.value_or(Timestamp{}), std::chrono::minutes(0));
  }
  Timestamp wall(Date day, std::chrono::seconds time_of_day) const {
    return local_instant(day, time_of_day, calendar_.time_zone).value_or(Timestamp{});
  }
  const std::string& zone() const { return calendar_.time_zone; }

 private:
  const rules::BusinessCalendar& calendar_;
};

}  // namespace dealog::demo
