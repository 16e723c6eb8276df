// Events of the Asterisk REST Interface.
#pragma once

#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::asterisk {

// "asterisk:<channel>:<type>"; "" when the event names neither. States of a channel and recordings
// add theirs.
std::string ari_key(const Node& event);

// Errors: kInvalid "field_missing", "invalid_time".
Result<Fact> fact_of_ari(const Node& event, const SourceSettings& settings);

}  // namespace dealog::connectors::asterisk
