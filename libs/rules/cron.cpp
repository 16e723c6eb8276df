#include "libs/rules/cron.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"

namespace dealog::rules {
namespace {

constexpr std::size_t kCronBytes = 200;
// From one 29th of February to the next it can be eight years, as around 2100.
constexpr int kSearchedDays = 8 * 366;
constexpr int kMinutesOfDay = 24 * 60;

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kWeekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

struct Field {
  std::string_view name;
  int first, last;
  std::string_view values;  // as a mistake says them
};
constexpr Field kFields[] = {{"minute", 0, 59, "0 to 59"},
                             {"hour", 0, 23, "0 to 23"},
                             {"day of the month", 1, 31, "1 to 31"},
                             {"month", 1, 12, "1 to 12 or jan to dec"},
                             {"weekday", 0, 7, "0 to 7 or sun to sat"}};

std::unexpected<Error> wrong(std::string message) {
  return fail(ErrorKind::kInvalid, "invalid_schedule", std::move(message));
}

std::unexpected<Error> wrong_field(const Field& field, std::string_view found) {
  return wrong(fmt::format(
      "expected {}, a range such as {}-{}, or steps such as */{} as the {}, "
      "found {}",
      field.values, field.first, field.first + 1, field.first + 2, field.name, quoted(found)));
}

template <std::size_t N>
std::optional<int> place_of(const std::string_view (&names)[N], std::string_view text) {
  const auto found = std::ranges::find(names, to_lower_ascii(text));
  if (found == std::end(names)) return std::nullopt;
  return static_cast<int>(found - std::begin(names));
}

std::optional<int> value_of(const Field& field, std::string_view text) {
  auto value = parse_number<int>(text);
  if (!value && field.name == "weekday") value = place_of(kWeekdays, text);
  if (!value && field.name == "month") {
    value = place_of(kMonths, text);
    if (value) ++*value;
  }
  if (!value || *value < field.first || *value > field.last) return std::nullopt;
  return value;
}

// One item of a field's list: "*", "5", "1-5", "*/10", "8-18/2".
struct Span {
  int from, to, step;
};
std::optional<Span> span_of(const Field& field, std::string_view item) {
  const auto slash = item.find('/');
  const std::string_view range = item.substr(0, slash);
  Span span{field.first, field.last, 1};
  if (slash != std::string_view::npos) {
    const auto step = parse_number<int>(item.substr(slash + 1));
    if (!step || *step < 1 || *step > field.last) return std::nullopt;
    span.step = *step;
  }
  if (range == "*") return span;
  const auto dash = range.find('-');
  const auto from = value_of(field, range.substr(0, dash));
  // A single number with steps is no range; most programs read it differently.
  if (dash == std::string_view::npos && slash != std::string_view::npos) return std::nullopt;
  const auto to = dash == std::string_view::npos ? from : value_of(field, range.substr(dash + 1));
  if (!from || !to || *from > *to) return std::nullopt;
  return Span{*from, *to, span.step};
}

template <std::size_t N>
Result<void> read_field(const Field& field, std::string_view text, std::bitset<N>& out) {
  for (const std::string_view item : split(text, ',')) {
    const auto span = span_of(field, item);
    if (!span) return wrong_field(field, text);
    // The weekday 7 is Sunday again.
    for (int i = span->from; i <= span->to; i += span->step) {
      out.set(static_cast<std::size_t>(i) % N);
    }
  }
  return {};
}

// The least time between two of a day's times, the first of the next day included.
std::chrono::minutes shortest_gap(const Cron& cron) {
  std::vector<int> times;
  for (int i = 0; i < kMinutesOfDay; ++i) {
    const auto hour = static_cast<std::size_t>(i / 60), minute = static_cast<std::size_t>(i % 60);
    if (cron.hours[hour] && cron.minutes[minute]) times.push_back(i);
  }
  int gap = kMinutesOfDay;
  for (std::size_t i = 1; i < times.size(); ++i) gap = std::min(gap, times[i] - times[i - 1]);
  if (!times.empty()) gap = std::min(gap, times.front() + kMinutesOfDay - times.back());
  return std::chrono::minutes(gap);
}

}  // namespace

Result<Cron> Cron::parse(std::string_view text, std::string_view time_zone) {
  if (text.size() > kCronBytes) return wrong("expected five fields such as 0 9 * * 1-5");
  std::vector<std::string_view> fields = split(text, ' ');
  std::erase(fields, std::string_view());
  if (fields.size() != std::size(kFields)) {
    return wrong(
        fmt::format("expected five fields (minute, hour, day of the month, month, weekday) such as "
                    "0 9 * * 1-5, found {}",
                    quoted(text)));
  }
  Cron cron;
  cron.text = text;
  cron.time_zone = time_zone;
  TRY(read_field(kFields[0], fields[0], cron.minutes));
  TRY(read_field(kFields[1], fields[1], cron.hours));
  TRY(read_field(kFields[2], fields[2], cron.days));
  TRY(read_field(kFields[3], fields[3], cron.months));
  TRY(read_field(kFields[4], fields[4], cron.weekdays));
  cron.every_day = fields[2].starts_with('*');
  cron.every_weekday = fields[4].starts_with('*');
  if (shortest_gap(cron) < kCronAtMostEvery) {
    return wrong(fmt::format("expected a schedule that comes at most every {} minutes, found {}",
                             kCronAtMostEvery.count(), quoted(text)));
  }
  // On which days it comes is the same in every zone.
  Cron anywhere = cron;
  anywhere.time_zone = "UTC";
  if (!anywhere.next(Timestamp{0})) {
    return wrong(fmt::format("this day never comes: {}", quoted(text)));
  }
  return cron;
}

bool Cron::comes_on(Date day) const {
  const std::chrono::sys_days instant{std::chrono::days(day.days)};
  const std::chrono::year_month_day date(instant);
  if (!months[static_cast<unsigned>(date.month())]) return false;
  const bool by_day = days[static_cast<unsigned>(date.day())];
  const bool by_weekday = weekdays[std::chrono::weekday(instant).c_encoding()];
  // A star with steps restricts as well, and then both must agree.
  if (every_day || every_weekday) return by_day && by_weekday;
  return by_day || by_weekday;
}

std::optional<Timestamp> Cron::next(Timestamp after) const {
  const auto first = local_date(after, time_zone);
  if (!first) return std::nullopt;
  for (Date day = *first; day.days - first->days <= kSearchedDays; ++day.days) {
    if (!comes_on(day)) continue;
    // A local time's instant never comes before that of an earlier local time.
    for (std::size_t hour = 0; hour < hours.size(); ++hour) {
      if (!hours[hour]) continue;
      for (std::size_t minute = 0; minute < minutes.size(); ++minute) {
        if (!minutes[minute]) continue;
        const std::chrono::minutes time(hour * 60 + minute);
        const auto instant = local_instant(day, time, time_zone);
        if (!instant) return std::nullopt;
        if (*instant > after) return *instant;
      }
    }
  }
  return std::nullopt;
}

}  // namespace dealog::rules
