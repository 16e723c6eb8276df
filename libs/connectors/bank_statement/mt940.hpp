// MT940 customer statements (SWIFT, category 9) as banks write them: with or without the envelope
// of blocks, several statements in a file.
#pragma once

#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/bank_statement/statement_row.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::bank_statement {

// `text` is UTF-8. C is money in, D out, RC a credit taken back, RD a debit given back. Ids: the
// account, the day, the sum and the bank's reference; of a line without one what it says.
// Errors: kInvalid "invalid_statement" with the line; kTooLarge "statement_too_long".
Result<std::vector<Row>> read_mt940(std::string_view text, const SourceSettings& settings);

// Whether it has the fields that every MT940 has.
bool is_mt940(std::string_view text);

}  // namespace dealog::connectors::bank_statement
