// The schedule of a rule came: which deals it is to look at.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "libs/command/unit.hpp"

namespace dealog::use_cases {

// Deals that one event names, which then has some 5 KB; a run of more is several events, pages of
// one append: of kScheduledDeals at most 200.
inline constexpr std::size_t kDealsOfScheduleEvent = 100;

struct ScheduleCall {
  std::string trigger;  // trg_…
  std::string pipeline;
  std::string rule;                      // code
  std::uint64_t regulation_version = 0;  // whose text it follows
  Timestamp due_at;
  std::vector<std::string> deals;  // open ones on which the rule may act, by id
  std::uint64_t left_out = 0;      // beyond the limit
};

// ScheduleRan on the rule's stream. Of several times that passed unseen the last one counts, and is
// judged by the rule's policy for what is late; what was missed before it is counted. A rule that
// is gone, off or too late names no deals and says why. Errors: kNotFound "pipeline_not_found".
Result<void> run_schedule(Unit& unit, const ScheduleCall& call);

// It could not be run for a reason that stays.
Result<void> skip_schedule(Unit& unit, const ScheduleCall& call, std::string_view reason);

}  // namespace dealog::use_cases
