// Rules that stay in their deal and act at once: carried out in the append of what triggers them.
#pragma once

#include "libs/command/unit.hpp"

namespace dealog::use_cases {

// What one command sets off in its own append; the rest is left to the runner of rules.
inline constexpr std::size_t kRulesAtOnce = 50;

// Carries out the live rules of rules::acts_at_once() that what the unit has emitted triggers, and
// those that they trigger in turn, in the order in which the runner of rules would. Nothing depends
// on it: a trigger that has no end in the append (its rule is only tried, or was refused; or there
// are too many) is found in the log by the runner, which ends it and all of the deal behind it. The
// ids are the same either way.
void run_rules_at_once(Unit& unit);

}  // namespace dealog::use_cases
