#include "libs/rules/mailings.hpp"

namespace dealog::rules {

std::optional<Timestamp> quiet_until(const Mailings& mailings, Timestamp now,
                                     std::string_view zone) {
  if (!mailings.quiet) return std::nullopt;
  constexpr std::int64_t kMinute = 60'000'000;
  const std::string_view where = check_time_zone(zone) ? zone : std::string_view("UTC");
  const auto today = local_date(now, where);
  const auto offset = utc_offset_s(now, where);
  if (!today || !offset) return std::nullopt;
  const std::int64_t local_minutes = (now.us + *offset * 1'000'000LL) / kMinute;
  const std::chrono::minutes time(local_minutes % (24 * 60));
  const auto& [from, to] = *mailings.quiet;
  const bool over_midnight = from > to;
  const bool quiet = over_midnight ? time >= from || time < to : time >= from && time < to;
  if (!quiet) return std::nullopt;
  Date day = *today;
  if (over_midnight && time >= from) ++day.days;
  const auto end = local_instant(day, to, where);
  // Clocks that jump must not make it end before it has begun.
  if (!end || *end <= now) return now + std::chrono::minutes(1);
  return *end;
}

}  // namespace dealog::rules
