// Amounts of money as people and providers write them.
#pragma once

#include <string_view>

#include "libs/base/money.hpp"
#include "libs/base/result.hpp"

namespace dealog::connectors {

// Major units: "1200", "1 200,50", "1'200.50", "10.000000" (zeros past the currency's digits
// change nothing). Neither sign, nor thousands marked by what could be a decimal point.
// Errors: kInvalid "invalid_amount" | "amount_out_of_range" | "unknown_currency"; messages do not
// quote the amount.
Result<Money> parse_amount(std::string_view text, std::string_view currency);

// Minor units: "120050" of RUB is 1200.50.
Result<Money> parse_minor_amount(std::string_view text, std::string_view currency);

}  // namespace dealog::connectors
