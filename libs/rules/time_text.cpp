#include "libs/rules/time_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace dealog::rules {
namespace {

using std::chrono::minutes;

struct Unit {
  std::string_view en;              // of one
  std::string_view one, few, many;  // ru: 1, 2, 5 of them
};
constexpr Unit kMinute{"minute", "минуту", "минуты", "минут"};
constexpr Unit kHour{"hour", "час", "часа", "часов"};
constexpr Unit kDay{"day", "день", "дня", "дней"};

struct Count {
  std::int64_t number = 0;
  const Unit* unit = &kMinute;
};

Count count_of(const TimeLimit& limit, const BusinessCalendar& calendar) {
  const minutes day = limit.business ? business_day(calendar) : minutes(24 * 60);
  const auto whole_in = [&](minutes unit) {
    return unit.count() > 0 && limit.amount.count() > 0 && limit.amount % unit == minutes(0);
  };
  if (whole_in(day)) return {limit.amount / day, &kDay};
  if (whole_in(minutes(60))) return {limit.amount / minutes(60), &kHour};
  return {limit.amount.count(), &kMinute};
}

std::string_view russian(std::int64_t number, const Unit& unit) {
  const auto last = number % 10, tens = number % 100 / 10;
  if (tens == 1 || last == 0 || last > 4) return unit.many;
  return last == 1 ? unit.one : unit.few;
}

std::string_view russian_business(std::int64_t number, const Unit& unit) {
  if (russian(number, unit) != unit.one) return "рабочих ";
  return &unit == &kMinute ? "рабочую " : "рабочий ";
}

}  // namespace

minutes business_day(const BusinessCalendar& calendar) {
  minutes longest{0};
  for (const auto& weekday : calendar.week) {
    minutes day{0};
    for (const WorkingHours& hours : weekday) day += hours.to - hours.from;
    longest = std::max(longest, day);
  }
  return longest;
}

std::string limit_text(const TimeLimit& limit, const BusinessCalendar& calendar) {
  const auto [number, unit] = count_of(limit, calendar);
  return fmt::format("{} {}{}{}", number, limit.business ? "business " : "", unit->en,
                     number == 1 ? "" : "s");
}

std::string limit_words(const TimeLimit& limit, const BusinessCalendar& calendar,
                        Language language) {
  if (language == Language::kEn) return limit_text(limit, calendar);
  const auto [number, unit] = count_of(limit, calendar);
  return fmt::format("{} {}{}", number, limit.business ? russian_business(number, *unit) : "",
                     russian(number, *unit));
}

}  // namespace dealog::rules
