// Reading the lines of quotes and invoices from JSON.
#pragma once

#include "libs/domain/deal/commands.hpp"
#include "libs/http/json_reader.hpp"

namespace dealog::api {

// [{"title","quantity","unit_price","discount_percent"?}] under "lines".
std::vector<deal::LineInput> read_lines(http::ObjectReader& in);

// A percentage with at most two digits after the point, as basis points.
std::optional<std::int32_t> read_percent(http::ObjectReader& in, std::string_view key);

}  // namespace dealog::api
