// Instants and dates. An instant is microseconds since 1970 in UTC; a date has no zone.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog {

using Duration = std::chrono::microseconds;

struct Timestamp {
  std::int64_t us = 0;

  auto operator<=>(const Timestamp&) const = default;
  bool is_zero() const { return us == 0; }
  Timestamp operator+(Duration d) const { return {us + d.count()}; }
  Timestamp operator-(Duration d) const { return {us - d.count()}; }
  Duration operator-(Timestamp other) const { return Duration(us - other.us); }

  // RFC 3339 in UTC with microseconds: "2026-03-01T09:30:00.000000Z".
  std::string rfc3339() const;
  // Any RFC 3339 offset, up to nine fractional digits (cut to microseconds); the instant must lie
  // in the years 1970–9998 of UTC.
  // Errors: kInvalid "invalid_time".
  static Result<Timestamp> parse(std::string_view text);
};

// A calendar day of the years 1900–9998.
struct Date {
  std::int32_t days = 0;  // since 1970-01-01

  auto operator<=>(const Date&) const = default;
  std::string text() const;                          // YYYY-MM-DD
  static Result<Date> parse(std::string_view text);  // Errors: kInvalid "invalid_date".
  // For a day that is known to exist.
  static Date of(int year, unsigned month, unsigned day);
};

// The instant at which `date` begins in an IANA zone, and the day that an instant falls on.
// Days that a zone skips or begins twice take the first instant that exists.
// Errors: kInvalid "unknown_time_zone".
Result<Timestamp> start_of_day(Date date, std::string_view zone);
Result<Date> local_date(Timestamp instant, std::string_view zone);
Result<void> check_time_zone(std::string_view zone);
// Offset from UTC in seconds that is in force in `zone` at `instant`.
Result<std::int32_t> utc_offset_s(Timestamp instant, std::string_view zone);
// A wall-clock time of a zone as an instant; in a gap the first instant after it, when doubled the
// earlier one. `time_of_day` may reach into the next day.
Result<Timestamp> local_instant(Date date, std::chrono::seconds time_of_day, std::string_view zone);

}  // namespace dealog
