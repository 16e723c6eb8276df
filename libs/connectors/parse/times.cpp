#include "libs/connectors/parse/times.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"

namespace dealog::connectors {
namespace {

constexpr std::int64_t kLastSecond = 253'370'764'800;  // 9999-01-01, Timestamp's own end

std::unexpected<Error> invalid_time() {
  return fail(ErrorKind::kInvalid, "invalid_time",
              "a time is not of the form 2026-03-01T09:30:00 with an offset or a zone");
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The offset at the end in the colon spelling ("+03:00", "Z"), "" when there is none; `text`
// loses it.
std::string take_offset(std::string_view& text) {
  if (text.ends_with('Z') || text.ends_with('z')) {
    text.remove_suffix(1);
    return "Z";
  }
  // After the date, so that its dashes are not taken for a sign.
  const auto sign = text.find_last_of("+-");
  if (sign == std::string_view::npos || sign < 16) return {};
  const std::string offset(text.substr(sign));
  text = trim(text.substr(0, sign));
  if (offset.size() == 3) return offset + ":00";
  if (offset.size() == 5) return offset.substr(0, 3) + ":" + offset.substr(3);
  return offset;
}

// A wall clock of a zone: the instant of its UTC reading, moved by the zone.
Result<Timestamp> in_zone(std::string_view text, std::string_view zone) {
  const auto as_utc = Timestamp::parse(std::string(text) + "Z");
  if (!as_utc) return invalid_time();
  constexpr std::int64_t kDayUs = 86'400'000'000;
  const Date day{static_cast<std::int32_t>(as_utc->us / kDayUs)};
  const std::int64_t rest = as_utc->us % kDayUs;
  const auto instant = TRY(local_instant(day, std::chrono::seconds(rest / 1'000'000), zone));
  if (instant.us < 0) return invalid_time();
  return instant + Duration(rest % 1'000'000);
}

// Reads up to `most` digits; -1 when there is none.
int take_number(std::string_view& text, std::size_t most) {
  std::size_t count = 0;
  int value = 0;
  while (count < most && count < text.size() && is_digit(text[count])) {
    value = value * 10 + (text[count++] - '0');
  }
  text.remove_prefix(count);
  return count == 0 ? -1 : value;
}

// "05.03.2026 9:05:01" as "2026-03-05 09:05:01", and the hour of other dates with two digits; what
// is written otherwise stays as it is.
std::string usual_spelling(std::string_view text) {
  std::string_view rest = text;
  const int day = take_number(rest, 2);
  const bool dotted = day > 0 && rest.starts_with('.');
  std::string out(text);
  if (dotted) {
    rest.remove_prefix(1);
    const int month = take_number(rest, 2);
    if (month < 1 || !rest.starts_with('.')) return out;
    rest.remove_prefix(1);
    const std::size_t before = rest.size();
    const int year = take_number(rest, 4);
    if (before - rest.size() != 4) return out;
    out = fmt::format("{:04}-{:02}-{:02}", year, month, day);
    if (rest.starts_with(',')) rest.remove_prefix(1);
    out += rest;
  }
  constexpr std::size_t kHour = 11;  // behind the date and a T or a space
  const bool one_digit = out.size() > kHour + 1 && is_digit(out[kHour]) && out[kHour + 1] == ':';
  if (one_digit) out.insert(kHour, 1, '0');
  return out;
}

}  // namespace

Result<Timestamp> parse_time(std::string_view given, std::string_view zone) {
  const std::string usual = usual_spelling(trim(given));
  std::string_view text = usual;
  if (text.size() < 10 || text.size() > 40) return invalid_time();
  if (text.size() == 10) {
    const auto day = Date::parse(text);
    if (!day || day->days < 1) return invalid_time();
    return start_of_day(*day, zone);
  }
  const std::string offset = take_offset(text);
  std::string local(text);
  if (local.size() == 16) local += ":00";  // seconds left out
  if (offset.empty()) return in_zone(local, zone);
  const auto instant = Timestamp::parse(local + offset);
  if (!instant) return invalid_time();
  return *instant;
}

Result<Timestamp> parse_unix_time(std::string_view text) {
  text = trim(text);
  const auto value = parse_number<std::int64_t>(text);
  if (!value || *value < 0) return invalid_time();
  const bool milliseconds = text.size() >= 12;
  if (*value / (milliseconds ? 1000 : 1) >= kLastSecond) return invalid_time();
  return Timestamp{*value * (milliseconds ? 1000 : 1'000'000)};
}

Result<Timestamp> parse_time_as(std::string_view text, std::string_view pattern,
                                std::string_view zone) {
  text = trim(text);
  int year = -1, month = -1, day = -1, hour = 0, minute = 0, second = 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%' || i + 1 == pattern.size()) {
      if (text.empty() || text[0] != pattern[i]) return invalid_time();
      text.remove_prefix(1);
      continue;
    }
    const char field = pattern[++i];
    const int value = take_number(text, field == 'Y' ? 4 : 2);
    if (value < 0) return invalid_time();
    switch (field) {
      case 'Y':
        year = value;
        break;
      case 'y':
        year = value + (value < 70 ? 2000 : 1900);
        break;
      case 'm':
        month = value;
        break;
      case 'd':
        day = value;
        break;
      case 'H':
        hour = value;
        break;
      case 'M':
        minute = value;
        break;
      default:
        second = value;
        break;
    }
  }
  if (!text.empty() || year < 1970 || month < 1 || day < 1) return invalid_time();
  const auto date = Date::parse(fmt::format("{:04}-{:02}-{:02}", year, month, day));
  if (!date || hour > 23 || minute > 59 || second > 60) return invalid_time();
  const auto instant =
      TRY(local_instant(*date, std::chrono::seconds(hour * 3600 + minute * 60 + second), zone));
  if (instant.us < 0) return invalid_time();
  return instant;
}

Result<void> check_time_pattern(std::string_view pattern) {
  const auto has = [&](std::string_view field) {
    return pattern.find(field) != std::string_view::npos;
  };
  bool known = pattern.size() <= 64 && !pattern.ends_with('%');
  for (std::size_t i = 0; known && i + 1 < pattern.size(); ++i) {
    if (pattern[i] == '%')
      known = std::string_view("YymdHMS").find(pattern[++i]) != std::string_view::npos;
  }
  if (known && (has("%Y") || has("%y")) && has("%m") && has("%d")) return {};
  return fail(ErrorKind::kInvalid, "invalid_date_format",
              "a date format is made of %Y %y %m %d %H %M %S and the characters between, with a "
              "year, a month and a day; or it is iso, unix");
}

}  // namespace dealog::connectors
