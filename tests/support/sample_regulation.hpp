// The beginning of a small regulation, up to its stages.
#pragma once

#include <string_view>

namespace dealog::testing {

inline constexpr std::string_view kRegulationHead = R"(code: web-studio
title: {ru: Студия, en: Studio}
currency: RUB
calendar:
  time_zone: Europe/Moscow
  week:
    monday: ["09:00-18:00"]
    tuesday: ["09:00-18:00"]
    wednesday: ["09:00-18:00"]
    thursday: ["09:00-18:00"]
    friday: ["09:00-18:00"]
)";

}  // namespace dealog::testing
