// How often, and at what time of day, customers may be written to by themselves. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/task_template.hpp"

namespace dealog::rules {

// The largest `at_most`: so many are looked at, no more.
inline constexpr std::uint32_t kMailingsCounted = 100;

struct Mailings {
  std::uint32_t at_most = 0;  // to one customer within `per`; 0: any number
  TimeLimit per;
  // Nothing is sent from `from` to `to`, over midnight when `from` is the later one.
  std::optional<WorkingHours> quiet;

  bool operator==(const Mailings&) const = default;
};

// The end of the quiet hours in which `now` lies in that zone; nothing when they are not now. An
// unknown zone is taken for UTC. Thread: any.
std::optional<Timestamp> quiet_until(const Mailings& mailings, Timestamp now,
                                     std::string_view zone);

}  // namespace dealog::rules
