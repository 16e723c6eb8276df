// What the REST API of Bitrix24 answers.
#pragma once

#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::bitrix24 {

// `what` is that of the plan: "new-deal", "deal", "new-lead", "lead", "contact", "company".
// Errors: kInvalid "field_missing".
Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings);

// bitrix24:<entity>:<id>, which facts about one thing have in common. Without the account: answers
// of the API do not name it, and a source has one.
std::string scope_of(std::string_view entity, std::string_view id);

}  // namespace dealog::connectors::bitrix24
