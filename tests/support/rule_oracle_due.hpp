// What the oracle of rules has yet to carry out, and in which order. Inside tests/support only.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "tests/support/rule_oracle.hpp"

namespace dealog::testing {

inline constexpr std::int64_t kOracleAtOnce = -1;

// Something that a rule is to be carried out for.
struct OracleDue {
  std::int64_t at = kOracleAtOnce;
  std::size_t fact = 0;  // from which on it waits
  int rank = 0;          // among those of one fact
  std::size_t rule = 0;
  std::string about;
  std::size_t step = 0;
  std::size_t origin = 0;  // the fact that began it all, before pauses
  int deal = 0;            // below 0: the schedule itself, of `deals`
  std::vector<int> deals = {};
  std::size_t moved = 0;  // the fact that moved it last, or ended its pause; 0: none
  Until until = Until::kNothing;
  bool came = false;  // what its pause waited for

  // What one fact has moved stands in the order of the deals.
  auto order() const {
    return std::tuple(at, moved > 0 ? moved : fact, moved > 0 ? deal : -1, fact, rank, rule, about);
  }
  auto key() const { return std::tuple(fact, rule, about, step, deal); }
};

// Timers of a deal's dates are begun after all others.
inline constexpr int kDeadlineRank = 1'000'000;
// Of quotes: after those of tasks.
inline constexpr int kExpiryRank = 500'000;
// Schedules wait since the rules are in force, before anything happened to a deal.
inline constexpr int kScheduleRank = -1'000'000;

// Among the triggers of one fact.
inline int oracle_rank(OracleRule::Trigger trigger) {
  using Trigger = OracleRule::Trigger;
  switch (trigger) {
    case Trigger::kLeft:
    case Trigger::kOpened:
    case Trigger::kReopened:
      return 0;
    case Trigger::kReentered:
      return 2;
    default:
      return 1;
  }
}

}  // namespace dealog::testing
