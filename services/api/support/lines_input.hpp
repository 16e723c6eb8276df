// Reading the lines of quotes and invoices from JSON.
#pragma once

#include "libs/domain/deal/commands.hpp"
#include "libs/http/json_reader.hpp"

namespace dealog::api {

// [{"title","quantity","unit_price","discount_percent"?,"vat_percent"?}] under "lines"; with
// "product" (an id or a code) title and price may be left to the price list.
std::vector<deal::LineInput> read_lines(http::ObjectReader& in);

// "vat_percent": a rate, or "none" for without VAT (-1); nothing when it is not named.
std::optional<std::int32_t> read_vat(http::ObjectReader& in);

// A percentage with at most two digits after the point, as basis points.
std::optional<std::int32_t> read_percent(http::ObjectReader& in, std::string_view key);

}  // namespace dealog::api
