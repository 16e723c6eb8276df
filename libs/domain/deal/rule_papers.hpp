// What the actions of rules that make papers ask of a deal. Inside libs/domain/deal only.
#pragma once

#include <optional>

#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/rules/rule.hpp"

namespace dealog::deal {

// A line without a price of its own and without a product is over the deal's amount.
DraftQuote draft_of(const rules::RuleAction& action, const State& state,
                    std::optional<Date> valid_until);
// Over amount_to_invoice().
IssueInvoice invoice_of(const rules::RuleAction& action, const State& state, const Context& context,
                        std::optional<Date> due);

}  // namespace dealog::deal
