// The calendar of a regulation file, and the lengths of time in it ("15 business minutes").
#pragma once

#include <optional>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/mailings.hpp"
#include "libs/rules/owners_time.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// No limit or deadline is longer than ten years; more is a slip of the pen.
inline constexpr std::chrono::minutes kLongestTimeLimit{std::chrono::hours(24 * 3650)};
inline constexpr std::size_t kHolidays = 5000;
inline constexpr std::size_t kHoursOfDay = 24;  // intervals

inline constexpr std::size_t kNamedCalendars = 50;

// What a calendar could be read from `place`; mistakes are in its report.
BusinessCalendar parse_calendar(const YamlPlace& place);
// A map of codes, each with a calendar that may do without a zone.
NamedCalendars parse_named_calendars(const YamlPlace& place);

// How often and when customers may be written to: a map with at_most and quiet_hours.
Mailings parse_mailings(const YamlPlace& place, const BusinessCalendar& calendar);

// "<n> [business] minutes|hours|days|weeks". A business day is as long as the calendar's longest
// weekday, a business week as all its weekdays together.
std::optional<TimeLimit> parse_time_limit(const YamlPlace& place, const BusinessCalendar& calendar);

// "09:30" as the time since midnight.
std::optional<std::chrono::minutes> parse_time_of_day(const YamlPlace& place);

}  // namespace dealog::rules
