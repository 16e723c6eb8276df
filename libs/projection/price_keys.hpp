// The kinds of rows about prices: more of the table in row_keys.hpp.
#pragma once

#include <string_view>

namespace dealog::row_keys {

// Of the view "deals".
inline constexpr std::string_view kLinesPrice = "dq";       // quote or invoice → LinesPriceRow
inline constexpr std::string_view kWaitingApproval = "dw";  // quote → WaitingApprovalRow

inline constexpr std::string_view kPrices = "g";    // the view "prices": goods
inline constexpr std::string_view kProduct = "gp";  // product → ProductRow

}  // namespace dealog::row_keys
