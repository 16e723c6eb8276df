// Reading the editable fields of a deal from JSON: POST /v1/deals, PATCH, and `fields` of a move.
#pragma once

#include "libs/domain/deal/commands.hpp"
#include "libs/http/json_reader.hpp"

namespace dealog::api {

// Custom values by code: text, whole number, true/false; null clears.
deal::CustomChanges read_custom(http::ObjectReader& in);

// What is named changes, null clears.
deal::DetailsChange read_details(http::ObjectReader& in);

}  // namespace dealog::api
