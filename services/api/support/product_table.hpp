// A price list as people keep it: a table with a row of names.
#pragma once

#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/command/use_cases/prices.hpp"

namespace dealog::api {

// CSV (comma, semicolon or tab; UTF-8 or an old charset) with the columns code, title, list_price,
// and perhaps currency (RUB where there is none), floor_price, vat_percent (a rate, "none", or
// empty for the seller's), unit, group, work_type, active (yes or no), in any order. Their usual
// Russian names are known too. Rows are numbered as a spreadsheet does: the names are row 1.
// Errors: kInvalid "malformed_csv" | "field_missing" | "invalid_input" with the pointers
// "/rows/<row>/<column>"; kTooLarge "too_many_rows".
Result<std::vector<use_cases::ProductRow>> read_product_table(std::string_view body,
                                                              Language language);

}  // namespace dealog::api
