#include "libs/connectors/mail/mail_date.hpp"

#include <array>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "libs/base/number.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/parse/times.hpp"

namespace dealog::connectors::mail {
namespace {

constexpr std::size_t kDateBytes = 200;

constexpr std::array<std::pair<std::string_view, int>, 40> kZoneMinutes{
    {{"ut", 0},      {"utc", 0},    {"gmt", 0},    {"z", 0},      {"wet", 0},    {"bst", 60},
     {"west", 60},   {"cet", 60},   {"met", 60},   {"cest", 120}, {"mest", 120}, {"eet", 120},
     {"eest", 180},  {"msk", 180},  {"msd", 240},  {"samt", 240}, {"yekt", 300}, {"omst", 360},
     {"novt", 420},  {"krat", 420}, {"irkt", 480}, {"yakt", 540}, {"vlat", 600}, {"magt", 660},
     {"pett", 720},  {"jst", 540},  {"kst", 540},  {"est", -300}, {"edt", -240}, {"cst", -360},
     {"cdt", -300},  {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"akst", -540},
     {"akdt", -480}, {"hst", -600}, {"aest", 600}, {"aedt", 660}}};

constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                   "jul", "aug", "sep", "oct", "nov", "dec"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::optional<int> number(std::string_view text) {
  const auto value = parse_number<int>(text);
  return value && *value >= 0 ? value : std::nullopt;
}

// Words between blanks and commas, comments left out.
std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> out;
  int comments = 0;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    const char c = i < text.size() ? text[i] : ' ';
    const bool between = c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')' || c == '\r' ||
                         c == '\n' || comments > 0;
    if (between) {
      if (i > start) out.push_back(text.substr(start, i - start));
      start = i + 1;
    }
    if (c == '(') ++comments;
    if (c == ')' && comments > 0) --comments;
  }
  return out;
}

struct Found {
  std::optional<int> day, month, year, hour, minute, second;
  std::optional<int> offset_minutes;

  bool read_word(std::string_view word);
  bool read_time(std::string_view word);
  bool read_number(std::string_view word);
  void read_zone(std::string_view word);
  bool complete() const { return day && month && year; }
};

// 2017, 17 and, of mailers that count from 1900, 117.
std::optional<int> year_of(std::string_view text) {
  const auto value = number(text);
  if (!value || text.size() < 2 || text.size() > 4) return std::nullopt;
  if (text.size() == 4) return value;
  if (text.size() == 3) return *value + 1900;
  return *value + (*value < 50 ? 2000 : 1900);
}

bool Found::read_time(std::string_view word) {
  const auto parts = split(word.substr(0, word.find('.')), ':');
  if (parts.size() < 2 || parts.size() > 3) return false;
  hour = number(parts[0]);
  minute = number(parts[1]);
  second = parts.size() == 3 ? number(parts[2]) : 0;
  return hour && minute && second && *hour < 24 && *minute < 60 && *second <= 60;
}

bool Found::read_number(std::string_view word) {
  if (!day && word.size() <= 2) {
    day = number(word);
    return day.has_value();
  }
  if (year) return true;
  year = year_of(word);
  return year.has_value();
}

// "+0300", "+03:00", "-7", "GMT+0300", "MSK".
void Found::read_zone(std::string_view word) {
  const auto sign = word.find_first_of("+-");
  if (sign == word.npos) {
    for (const auto& [name, minutes] : kZoneMinutes) {
      if (equals_ignoring_case_ascii(name, word)) offset_minutes = minutes;
    }
    // RFC 5322, 4.3: an unknown name says nothing, hence UTC.
    if (!offset_minutes && word.size() >= 2) offset_minutes = 0;
    return;
  }
  std::string digits;
  for (const char c : word.substr(sign + 1)) {
    if (is_digit(c)) digits += c;
  }
  if (digits.size() == 1 || digits.size() == 2) digits += "00";
  const auto value = number(digits);
  if (!value || digits.size() > 4 || *value / 100 > 15 || *value % 100 > 59) return;
  const int minutes = *value / 100 * 60 + *value % 100;
  offset_minutes = word[sign] == '-' ? -minutes : minutes;
}

bool Found::read_word(std::string_view word) {
  const auto colon = word.find(':');
  if (!hour && colon != word.npos && is_digit(word.front())) {
    const auto sign = std::min(word.find_first_of("+-Zz"), word.size());
    if (sign < word.size()) read_zone(word.substr(sign));
    return read_time(word.substr(0, sign));
  }
  if (hour && !offset_minutes && (word.front() == '+' || word.front() == '-')) {
    read_zone(word);
    return true;
  }
  if (word.find('-') != word.npos && !day) {  // 11-Oct-2017
    for (const auto part : split(word, '-')) {
      if (part.empty() || !read_word(part)) return false;
    }
    return true;
  }
  if (is_digit(word.front())) return read_number(word);
  if (!is_letter(word.front())) return true;
  if (!month) {
    const std::string start = to_lower_ascii(word.substr(0, 3));
    for (std::size_t i = 0; i < kMonths.size(); ++i) {
      if (kMonths[i] == start) month = static_cast<int>(i + 1);
    }
    return true;  // or the name of a weekday
  }
  if (hour && !offset_minutes) read_zone(word);
  return true;
}

std::optional<Timestamp> instant_of(const Found& found, std::string_view zone) {
  const std::chrono::year_month_day date{std::chrono::year{*found.year},
                                         std::chrono::month{static_cast<unsigned>(*found.month)},
                                         std::chrono::day{static_cast<unsigned>(*found.day)}};
  if (!date.ok() || *found.year < 1970 || *found.year > 9998) return std::nullopt;
  const Date day =
      Date::of(*found.year, static_cast<unsigned>(*found.month), static_cast<unsigned>(*found.day));
  const std::chrono::seconds time{found.hour.value_or(0) * 3600 + found.minute.value_or(0) * 60 +
                                  std::min(found.second.value_or(0), 59)};
  if (!found.offset_minutes) {
    const auto local = local_instant(day, time, zone);
    return local && local->us >= 0 ? std::optional(*local) : std::nullopt;
  }
  const std::int64_t seconds =
      std::int64_t{day.days} * 86'400 + time.count() - *found.offset_minutes * 60;
  if (seconds < 0) return std::nullopt;
  return Timestamp{seconds * 1'000'000};
}

}  // namespace

std::optional<Timestamp> parse_mail_date(std::string_view text, std::string_view zone) {
  text = trim(text);
  if (text.empty() || text.size() > kDateBytes) return std::nullopt;
  if (const auto iso = parse_time(text, zone)) return *iso;
  Found found;
  for (const auto word : words_of(text)) {
    if (!found.read_word(word)) return std::nullopt;
  }
  return found.complete() ? instant_of(found, zone) : std::nullopt;
}

}  // namespace dealog::connectors::mail
