// 1CClientBankExchange, the exchange format of 1C with Russian banks, versions 1.01–1.03
// (v8.1c.ru/tekhnologii/obmen-dannymi-i-integratsiya/standarty-i-formaty).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/bank_statement/statement_row.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::bank_statement {

// The text of a file whose charset is found by the format's own words, not by what its header
// claims; empty when it is no such file.
std::string client_bank_exchange_text(std::string_view bytes);

// `text` is what client_bank_exchange_text gave. A document is incoming when its recipient's
// account is one of the statement's and ДатаПоступило is filled. Ids:
// <payer's account>:<number>:<date>:<sum>.
// Errors: kInvalid "invalid_statement" | "truncated_statement"; kTooLarge "statement_too_long".
Result<std::vector<Row>> read_client_bank_exchange(std::string_view text,
                                                   const SourceSettings& settings);

}  // namespace dealog::connectors::bank_statement
