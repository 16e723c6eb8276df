// What the commands on quotes share: finding one, and saying why its state does not allow a step.
#pragma once

#include <string_view>

#include "libs/domain/deal/decision.hpp"

namespace dealog::deal {

// kConflict "quote_<state>"; also "declined".
std::unexpected<Error> wrong_quote_state(std::string_view state, const Context& context);

// Errors: kNotFound "deal_not_found" | "quote_not_found", kConflict "deal_closed".
Result<const Quote*> find_quote(const State& state, const QuoteId& id, const Context& context);
// One that is neither rejected nor replaced. Errors: also kConflict "quote_rejected" and so on.
Result<const Quote*> find_quote_in_force(const State& state, const QuoteId& id,
                                         const Context& context);

}  // namespace dealog::deal
