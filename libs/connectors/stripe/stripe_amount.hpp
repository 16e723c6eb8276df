// Amounts as Stripe counts them.
#pragma once

#include <string_view>

#include "libs/base/money.hpp"
#include "libs/base/result.hpp"

namespace dealog::connectors::stripe {

// Stripe's smallest unit is not always that of ISO 4217: MGA has none there, UGX and ISK have two
// digits that are always zero. `currency` in either case.
// Errors: kInvalid "invalid_amount" | "amount_out_of_range" | "unknown_currency".
Result<Money> amount_of(std::string_view smallest_units, std::string_view currency);

}  // namespace dealog::connectors::stripe
