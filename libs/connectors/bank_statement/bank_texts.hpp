// Words of statements that more than one format uses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/base/timestamp.hpp"

namespace dealog::connectors::bank_statement {

inline constexpr std::size_t kBankTextBytes = 200;  // of a reference, a number, a name of a field

// "05.03.2026" or "2026-03-05", also followed by a time or a zone. Nothing when it is no date.
std::optional<Date> parse_bank_date(std::string_view text);

// The currency of a Russian account of 20 digits, by its digits 6–8; else `fallback`.
std::string_view currency_of_account(std::string_view account, std::string_view fallback);

// The 10 or 12 digits after "ИНН" or "INN"; "" when there are none.
std::string tax_id_in(std::string_view text);

}  // namespace dealog::connectors::bank_statement
