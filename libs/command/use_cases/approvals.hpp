// The approval of discounts: who is told, and what happens when nobody decides in time.
#pragma once

#include "libs/command/unit.hpp"
#include "libs/domain/deal/commands.hpp"

namespace dealog::use_cases {

// Of the rule that notifications and escalations name.
inline constexpr std::string_view kDiscountPolicy = "discount_policy";

// Tells those who have to decide next, or the author how it ended: for what the unit has emitted
// to the deal from `first` on. Nobody is told where the regulation names no steps.
Result<void> tell_about_approvals(Unit& unit, const DealId& deal, std::size_t first);

// ApprovalEscalated, and notifications of the role above; nothing when it was decided meanwhile.
Result<void> escalate_approval(Unit& unit, const DealId& deal,
                               const deal::EscalateApproval& command);

}  // namespace dealog::use_cases
