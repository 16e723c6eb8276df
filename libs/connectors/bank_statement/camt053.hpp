// ISO 20022 bank-to-customer statements: camt.053 of the versions 001.02–001.13, and the reports
// camt.052 and camt.054, which tell the same entries.
#pragma once

#include <vector>

#include "libs/base/result.hpp"
#include "libs/connectors/bank_statement/statement_row.hpp"
#include "libs/connectors/parse/xml.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::bank_statement {

// Booked entries only. An entry of several transactions is split when their amounts are in its
// currency and add up to it; else it is one. Ids: the bank's reference of the entry, with the
// transaction's own where it was split; of an entry without one by its content.
// Errors: kInvalid "invalid_statement"; kTooLarge "statement_too_long".
Result<std::vector<Row>> read_camt(const XmlElement& document, const SourceSettings& settings);

// Whether it is one.
bool is_camt(const XmlElement& document);

}  // namespace dealog::connectors::bank_statement
