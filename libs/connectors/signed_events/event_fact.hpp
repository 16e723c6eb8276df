// What an event of somebody else's system becomes: a lead where the source maps its fields, else
// an event that is shown and changes nothing.
#pragma once

#include <string>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors {

struct EventHead {
  std::string key;  // of the fact
  std::string id;
  std::string source;
  std::string type;
  std::optional<Timestamp> occurred_at;
};

// `data` is what the mapping's paths begin at. "contact.created" and "contact.updated" tell who
// somebody is. Errors: those of the mapping; kInvalid "lead_empty".
Result<Fact> event_fact(EventHead head, const Node& data, const SourceSettings& settings);

}  // namespace dealog::connectors
