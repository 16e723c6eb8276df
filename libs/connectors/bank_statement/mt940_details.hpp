// Field 86 of MT940: who paid and what for, in the forms that banks have agreed on.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/bank_statement/statement_row.hpp"

namespace dealog::connectors::bank_statement {

// Fills person, purpose, end-to-end id and reason. `lines` are the field's lines as they came.
// Forms: "166?00…?20EREF+…?32Name" (any separator, German and Polish banks), "/EREF/…/NAME/…"
// (Dutch and SWIFT), Hungarian ":NS:" lines with numbers, plain words.
void read_details(Row& row, std::string_view lines);
void read_numbered_lines(Row& row, std::string_view lines);

}  // namespace dealog::connectors::bank_statement
