#include "libs/rules/time_parser.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/rules/time_text.hpp"

namespace dealog::rules {
namespace {

using std::chrono::minutes;

constexpr std::string_view kWeekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                          "friday", "saturday", "sunday"};

// "09:30" as minutes since midnight; "24:00" is the end of the day.
std::optional<minutes> time_of_day(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  int hour = 0, minute = 0;
  for (const auto& [at, number] : {std::pair(0, &hour), std::pair(3, &minute)}) {
    const char* begin = text.data() + at;
    if (*begin < '0' || *begin > '9') return std::nullopt;
    if (std::from_chars(begin, begin + 2, *number).ptr != begin + 2) return std::nullopt;
  }
  if (minute > 59 || hour > 24 || (hour == 24 && minute > 0)) return std::nullopt;
  return minutes(hour * 60 + minute);
}

// "09:00-18:00", in whatever order.
std::optional<WorkingHours> hours_of(const YamlPlace& item) {
  const std::string_view text = item.is_scalar() ? trim(item.node().text) : std::string_view();
  const auto dash = text.find('-');
  const auto from = time_of_day(trim(text.substr(0, dash)));
  const auto to =
      dash == std::string_view::npos ? std::nullopt : time_of_day(trim(text.substr(dash + 1)));
  if (!from || !to) return std::nullopt;
  return WorkingHours{*from, *to};
}

std::vector<WorkingHours> parse_hours(const YamlPlace& place) {
  std::vector<WorkingHours> day;
  for (const YamlPlace& item : place.list(kHoursOfDay)) {
    const auto hours = hours_of(item);
    if (!hours) {
      item.expected("working hours such as 09:00-18:00");
    } else if (hours->from >= hours->to) {
      item.error(fmt::format("working hours must end after they begin, found '{}'",
                             trim(item.node().text)));
    } else {
      day.push_back(*hours);
    }
  }
  std::ranges::sort(day, {}, &WorkingHours::from);
  for (std::size_t i = 1; i < day.size(); ++i) {
    if (day[i].from < day[i - 1].to) place.error("working hours of one day must not overlap");
  }
  return day;
}

void parse_week(const YamlPlace& place, BusinessCalendar& calendar) {
  YamlMap week(place, "a map of weekdays, monday to sunday, each with its working hours");
  for (std::size_t day = 0; day < calendar.week.size(); ++day) {
    if (const auto hours = week.optional(kWeekdays[day])) calendar.week[day] = parse_hours(*hours);
  }
  week.finish();
}

// "2026-01-01" or "2026-01-01..2026-01-11", both days included.
void parse_holiday(const YamlPlace& place, std::set<Date>& holidays) {
  const std::string_view text = place.is_scalar() ? trim(place.node().text) : std::string_view();
  const auto dots = text.find("..");
  const auto first = Date::parse(text.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : Date::parse(text.substr(dots + 2));
  if (!first || !last) {
    place.expected("a date such as 2026-01-01, or a range such as 2026-01-01..2026-01-11");
    return;
  }
  constexpr int kLongestRange = 366;
  if (*last < *first || last->days - first->days > kLongestRange) {
    place.error(fmt::format("expected a range of at most {} days, its end not before its beginning",
                            kLongestRange));
    return;
  }
  for (Date day = *first; day <= *last; ++day.days) {
    if (holidays.size() >= kHolidays) {
      place.error(fmt::format("expected at most {} days in all", kHolidays));
      return;
    }
    holidays.insert(day);
  }
}

void parse_exceptions(const YamlPlace& place, BusinessCalendar& calendar) {
  if (!place.is_map()) {
    place.expected("a map of dates, each with its working hours");
    return;
  }
  YamlMap map(place, "");
  const YamlNode& node = place.node();
  if (node.keys.size() > kHolidays) {
    place.error(fmt::format("expected at most {} days, found {}", kHolidays, node.keys.size()));
  }
  for (std::size_t i = 0; i < node.keys.size() && i < kHolidays; ++i) {
    const YamlKey& key = node.keys[i];
    const auto date = Date::parse(key.text);
    if (!date) {
      place.report().error(key.line, key.column, place.path(),
                           fmt::format("expected a date such as 2026-04-30 as the key, found '{}'",
                                       utf8_prefix(key.text, 40)));
      continue;
    }
    const YamlPlace hours(node.items[i], fmt::format("{}.{}", place.path(), key.text),
                          place.report());
    place.report().remember(hours.path(), key.line, key.column);
    calendar.exceptions[*date] = parse_hours(hours);
  }
}

minutes length_of(const std::vector<WorkingHours>& day) {
  minutes total{0};
  for (const WorkingHours& hours : day) total += hours.to - hours.from;
  return total;
}

// Minutes of one of these units; nothing for an unknown word.
std::optional<minutes> unit_length(std::string_view unit, bool business,
                                   const BusinessCalendar& calendar) {
  if (unit.ends_with('s')) unit.remove_suffix(1);
  if (unit == "minute") return minutes(1);
  if (unit == "hour") return minutes(60);
  minutes week{0};
  for (const auto& weekday : calendar.week) week += length_of(weekday);
  if (unit == "day") return business ? business_day(calendar) : minutes(24 * 60);
  if (unit == "week") return business ? week : minutes(7 * 24 * 60);
  return std::nullopt;
}

constexpr std::string_view kZone = "an IANA time zone such as Europe/Moscow";

void parse_zone(const YamlPlace& place, BusinessCalendar& calendar) {
  const auto name = place.text(kZone, limits::kCodeBytes);
  if (name && check_time_zone(*name)) {
    calendar.time_zone = *name;
  } else if (name) {
    place.expected(kZone);
  }
}

// All but the zone.
void parse_days(YamlMap& map, BusinessCalendar& calendar) {
  if (const auto week = map.required("week", "the working hours of each weekday")) {
    parse_week(*week, calendar);
  }
  if (const auto holidays = map.optional("holidays")) {
    for (const YamlPlace& item : holidays->list(kHolidays)) {
      parse_holiday(item, calendar.holidays);
    }
  }
  if (const auto exceptions = map.optional("exceptions")) parse_exceptions(*exceptions, calendar);
  map.finish();
}

// Who works never would have every deadline at the end of time.
void check_works(const YamlPlace& place, const BusinessCalendar& calendar) {
  if (std::ranges::any_of(calendar.week, [](const auto& day) { return !day.empty(); })) return;
  place.error("expected working hours on at least one weekday");
}

constexpr std::string_view kCalendarKeys = "a map with time_zone, week, holidays and exceptions";

}  // namespace

BusinessCalendar parse_calendar(const YamlPlace& place) {
  BusinessCalendar calendar;
  YamlMap map(place, kCalendarKeys);
  if (const auto zone = map.required("time_zone", kZone)) parse_zone(*zone, calendar);
  parse_days(map, calendar);
  return calendar;
}

NamedCalendars parse_named_calendars(const YamlPlace& place) {
  NamedCalendars calendars;
  if (!place.is_map()) {
    place.expected("a map of codes, each with a calendar");
    return calendars;
  }
  YamlMap codes(place, "");
  const YamlNode& node = place.node();
  if (node.keys.size() > kNamedCalendars) {
    place.error(
        fmt::format("expected at most {} calendars, found {}", kNamedCalendars, node.keys.size()));
  }
  for (std::size_t i = 0; i < node.keys.size() && i < kNamedCalendars; ++i) {
    const YamlKey& key = node.keys[i];
    const YamlPlace item(node.items[i], fmt::format("{}.{}", place.path(), key.text),
                         place.report());
    place.report().remember(item.path(), key.line, key.column);
    YamlNode code;
    code.kind = YamlNode::Kind::kScalar, code.text = key.text;
    code.line = key.line, code.column = key.column;
    if (!YamlPlace(code, item.path(), place.report()).code()) continue;
    BusinessCalendar& calendar = calendars[key.text];
    calendar.time_zone.clear();
    YamlMap map(item, kCalendarKeys);
    if (const auto zone = map.optional("time_zone")) parse_zone(*zone, calendar);
    parse_days(map, calendar);
    if (map.is_map()) check_works(item, calendar);
  }
  return calendars;
}

Mailings parse_mailings(const YamlPlace& place, const BusinessCalendar& calendar) {
  Mailings mailings;
  YamlMap map(place, "a map with at_most and quiet_hours");
  if (const auto at_most = map.optional("at_most")) {
    YamlMap often(*at_most, "a map with count and per");
    if (const auto count = often.required("count", "how many, from 1")) {
      const auto number = count->whole_number().value_or(0);
      if (number < 1 || number > kMailingsCounted) {
        count->expected(fmt::format("a number from 1 to {}", kMailingsCounted));
      } else {
        mailings.at_most = static_cast<std::uint32_t>(number);
      }
    }
    if (const auto per = often.required("per", "a length of time such as 7 days")) {
      mailings.per = parse_time_limit(*per, calendar).value_or(TimeLimit{});
    }
    often.finish();
  }
  if (const auto quiet = map.optional("quiet_hours")) {
    mailings.quiet = hours_of(*quiet);
    if (!mailings.quiet || mailings.quiet->from == mailings.quiet->to) {
      quiet->expected("hours such as \"21:00-09:00\"");
      mailings.quiet.reset();
    }
  }
  map.finish();
  return mailings;
}

std::optional<minutes> parse_time_of_day(const YamlPlace& place) {
  const auto time = time_of_day(place.is_scalar() ? trim(place.node().text) : std::string_view());
  if (!time || *time >= minutes(24 * 60)) {
    place.expected("a time of day such as \"09:30\"");
    return std::nullopt;
  }
  return time;
}

std::optional<TimeLimit> parse_time_limit(const YamlPlace& place,
                                          const BusinessCalendar& calendar) {
  constexpr std::string_view kForm = "a length of time such as '15 business minutes' or '3 days'";
  const std::string_view all = place.is_scalar() ? trim(place.node().text) : std::string_view();
  std::vector<std::string_view> parts = split(all, ' ');
  std::erase(parts, std::string_view());
  const bool business = parts.size() == 3 && parts[1] == "business";
  std::int64_t count = 0;
  if (parts.size() != (business ? 3u : 2u) ||
      std::from_chars(parts[0].begin(), parts[0].end(), count).ptr != parts[0].end()) {
    place.expected(kForm);
    return std::nullopt;
  }
  const auto unit = unit_length(parts.back(), business, calendar);
  if (!unit) {
    place.expected(kForm);
    return std::nullopt;
  }
  const bool works =
      std::ranges::any_of(calendar.week, [](const auto& day) { return !day.empty(); });
  if (business && !works) {
    place.error("business time needs working hours; give 'calendar' with 'week'");
    return std::nullopt;
  }
  if (count <= 0 || count > kLongestTimeLimit / *unit) {
    place.error(fmt::format("expected a length of time above zero and up to ten years, found '{}'",
                            utf8_prefix(all, 60)));
    return std::nullopt;
  }
  return TimeLimit{minutes(count * unit->count()), business};
}

}  // namespace dealog::rules
