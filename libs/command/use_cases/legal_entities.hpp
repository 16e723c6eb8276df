// Commands on legal entities and document templates.
#pragma once

#include "libs/command/unit.hpp"
#include "libs/domain/document/document.hpp"
#include "libs/domain/legal_entity/legal_entity.hpp"

namespace dealog::use_cases {

// Whoever registers one queues here: the first becomes the default one, no two share a series.
inline constexpr std::string_view kLegalEntitiesLane = "legal-entities";

// Errors: those of legal_entity::decide; kConflict "series_taken"; kTooLarge
// "too_many_legal_entities".
Result<LegalEntityId> register_legal_entity(Unit& unit, legal_entity::RegisterLegalEntity command);

// Errors: those of document::decide.
Result<void> publish_template(Unit& unit, const document::PublishTemplate& command);

}  // namespace dealog::use_cases
