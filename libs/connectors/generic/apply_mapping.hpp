// Carries out a field mapping on one form.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "libs/base/timestamp.hpp"
#include "libs/connectors/lead/lead_builder.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::generic {

struct Mapped {
  std::optional<Timestamp> occurred_at;
  std::vector<const Node*> used;  // values that became fields and are no answers any more
};

// Errors: kInvalid with the code of the transform that failed and the name of our field.
Result<Mapped> apply_mapping(const Node& form, const SourceSettings& settings, LeadBuilder& lead);

// What the rule `external_id` finds; nothing when there is no such rule or no value.
std::optional<std::string> mapped_id(const Node& form, const SourceSettings& settings);

}  // namespace dealog::connectors::generic
