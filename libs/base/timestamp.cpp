#include "libs/base/timestamp.hpp"

#include <cctype>

#include <date/tz.h>
#include <fmt/format.h>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"

namespace dealog {
namespace {

using std::chrono::microseconds;

constexpr std::int64_t kEndOfYear9998S = 253'370'764'800;

std::unexpected<Error> invalid_time(std::string_view text) {
  return fail(
      ErrorKind::kInvalid, "invalid_time",
      quoted(text) +
          " is not an RFC 3339 time such as 2026-03-01T09:30:00Z, of the years 1970 to 9998");
}

// Reads exactly `count` digits at `at`; -1 if there are none.
int digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

Result<const date::time_zone*> find_zone(std::string_view zone) {
  try {
    return date::locate_zone(std::string(zone));
  } catch (const std::exception&) {
    return fail(ErrorKind::kInvalid, "unknown_time_zone",
                quoted(zone) + " is not an IANA time zone such as Europe/Moscow");
  }
}

date::sys_time<microseconds> sys(Timestamp t) {
  return date::sys_time<microseconds>(microseconds(t.us));
}

}  // namespace

std::string Timestamp::rfc3339() const {
  const auto day = date::floor<date::days>(sys(*this));
  const date::year_month_day ymd(day);
  const std::int64_t rest = (sys(*this) - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
                     rest / 3'600'000'000, rest / 60'000'000 % 60, rest / 1'000'000 % 60,
                     rest % 1'000'000);
}

Result<Timestamp> Timestamp::parse(std::string_view text) {
  if (text.size() < 20 || text.size() > 40) return invalid_time(text);
  const auto day = Date::parse(text.substr(0, 10));
  if (!day || (text[10] != 'T' && text[10] != 't' && text[10] != ' ')) {
    return invalid_time(text);
  }
  const int hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      text[13] != ':' || text[16] != ':') {
    return invalid_time(text);
  }
  std::size_t at = 19;
  std::int64_t fraction_us = 0;
  if (text[at] == '.') {
    std::size_t count = 0;
    for (++at; at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])); ++at) {
      if (++count > 9) return invalid_time(text);
      if (count <= 6) fraction_us = fraction_us * 10 + (text[at] - '0');
    }
    if (count == 0) return invalid_time(text);
    for (; count < 6; ++count) fraction_us *= 10;
  }
  std::int64_t offset_s = 0;
  const std::string_view zone = text.substr(at);
  if (zone.size() == 6 && (zone[0] == '+' || zone[0] == '-') && zone[3] == ':') {
    const int hours = digits(zone, 1, 2), minutes = digits(zone, 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return invalid_time(text);
    offset_s = (hours * 3600 + minutes * 60) * (zone[0] == '-' ? -1 : 1);
  } else if (zone != "Z" && zone != "z") {
    return invalid_time(text);
  }
  const std::int64_t seconds =
      std::int64_t{day->days} * 86400 + hour * 3600 + minute * 60 + second - offset_s;
  if (seconds < 0 || seconds >= kEndOfYear9998S) return invalid_time(text);
  return Timestamp{seconds * 1'000'000 + fraction_us};
}

std::string Date::text() const {
  const date::year_month_day ymd{date::sys_days(date::days(days))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()));
}

Result<Date> Date::parse(std::string_view text) {
  const int year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (text.size() == 10 && text[4] == '-' && text[7] == '-' && year >= 1900 && year <= 9998 &&
      month > 0 && day > 0) {
    const date::year_month_day ymd{date::year(year), date::month(static_cast<unsigned>(month)),
                                   date::day(static_cast<unsigned>(day))};
    if (ymd.ok()) {
      return Date{static_cast<std::int32_t>(date::sys_days(ymd).time_since_epoch().count())};
    }
  }
  return fail(ErrorKind::kInvalid, "invalid_date",
              quoted(text) + " is not a date such as 2026-03-01, of the years 1900 to 9998");
}

Date Date::of(int year, unsigned month, unsigned day) {
  const date::year_month_day ymd{date::year(year), date::month(month), date::day(day)};
  DEALOG_ASSERT(ymd.ok());
  return Date{static_cast<std::int32_t>(date::sys_days(ymd).time_since_epoch().count())};
}

Result<Timestamp> local_instant(Date day, std::chrono::seconds time_of_day, std::string_view zone) {
  const date::time_zone* tz = TRY(find_zone(zone));
  const date::local_time<microseconds> local{
      date::local_days(date::days(day.days)).time_since_epoch() + microseconds(time_of_day)};
  const auto instant = tz->to_sys(local, date::choose::earliest);
  return Timestamp{instant.time_since_epoch().count()};
}

Result<Timestamp> start_of_day(Date day, std::string_view zone) {
  return local_instant(day, std::chrono::seconds(0), zone);
}

Result<Date> local_date(Timestamp instant, std::string_view zone) {
  const date::time_zone* tz = TRY(find_zone(zone));
  const auto local = date::floor<date::days>(tz->to_local(sys(instant)));
  return Date{static_cast<std::int32_t>(local.time_since_epoch().count())};
}

Result<void> check_time_zone(std::string_view zone) {
  TRY(find_zone(zone));
  return {};
}

Result<std::int32_t> utc_offset_s(Timestamp instant, std::string_view zone) {
  const date::time_zone* tz = TRY(find_zone(zone));
  return static_cast<std::int32_t>(tz->get_info(sys(instant)).offset.count());
}

}  // namespace dealog
