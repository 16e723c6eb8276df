// The approval of a quote's discount: whether it is needed, asking for it, giving it step by step.
#pragma once

#include <string>

#include "libs/domain/deal/decision.hpp"
#include "libs/domain/deal/lines.hpp"

namespace dealog::deal {

// The quote's discount as the regulation's policy judges it; refers to the quote.
rules::AskedDiscount asked_discount(const Quote& quote, const rules::Regulation& regulation);
// Whether somebody besides its author has to decide about this revision, decided or not.
bool needs_approval(const Quote& quote, const rules::Regulation& regulation);

// Says what the author of new contents may grant by himself; nothing when the policy names no roles
// and the lines no products. `cause` is the index of the contents.
void add_prices(Decision& decision, const QuoteId& id, std::uint32_t revision, PricedLines priced,
                std::size_t cause);

// QuoteSubmitted, and who has to decide, where the regulation names them. Returns the index of
// QuoteSubmitted.
std::size_t request_approval(Decision& decision, const QuoteId& id, Envelope envelope = {});

// Gives every waiting step up to the actor's own; asks for the approval first when nobody has.
// Returns whether none is left. Errors: kForbidden "role_missing" | "right_missing".
Result<bool> give_steps(Decision& decision, const QuoteId& id, const std::string& comment);

}  // namespace dealog::deal
