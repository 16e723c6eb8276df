// Lengths of time and the tasks that a regulation plans.
#pragma once

#include <optional>
#include <string>

#include "libs/rules/business_calendar.hpp"
#include "libs/rules/criterion.hpp"

namespace dealog::rules {

struct TimeLimit {
  std::chrono::minutes amount{0};
  bool business = false;

  Timestamp after(Timestamp from, const BusinessCalendar& calendar) const {
    return business ? calendar.add(from, amount) : calendar.pass(from, amount);
  }
  bool operator==(const TimeLimit&) const = default;
};

// A task that `decide` creates. `when` (if given) is judged at that moment.
struct TaskTemplate {
  std::string kind;  // classify, call, meeting, follow_up, agree_terms, …
  LocalText title;
  TimeLimit due;
  std::optional<Criterion> when;

  bool operator==(const TaskTemplate&) const = default;
};

}  // namespace dealog::rules
