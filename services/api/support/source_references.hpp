// What the settings of a source name must be there: a lead that finds no pipeline, and a deal whose
// stage is none, are found out too late.
#pragma once

#include "libs/connectors/fact.hpp"
#include "libs/connectors/source_settings.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// Pipeline, owner, stages, loss reason and users. Errors: kInvalid "invalid_settings" with a field
// for each that is not there, which names those that are; those of the log.
Result<void> check_references(const Api& api, const connectors::SourceSettings& settings,
                              Language language);

// Why facts of the source would wait in quarantine, as far as its settings are to blame: what they
// name is not there, or an open deal stands at a stage that they do not name. Errors: the reason;
// those of the log.
Result<void> check_applicable(const Api& api, const std::vector<connectors::Fact>& facts,
                              const connectors::SourceSettings& settings, Language language);

}  // namespace dealog::api
