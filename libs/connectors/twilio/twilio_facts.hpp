// What the fields of a Twilio request say.
#pragma once

#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::twilio {

// "twilio:…" of what the fields tell; "" when they name nothing. `idempotency_token` is the header
// that a repeated request repeats.
std::string key_of(const Node& form, std::string_view idempotency_token);

// Errors: kInvalid "field_missing", "status_unknown", "invalid_time", "invalid_duration".
Result<std::vector<Fact>> facts_of(const Node& form, const SourceSettings& settings,
                                   std::string_view idempotency_token);

}  // namespace dealog::connectors::twilio
