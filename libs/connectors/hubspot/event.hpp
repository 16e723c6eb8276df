// One event of a batch of HubSpot, and what its API answers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::hubspot {

// Lives as long as the tree that it was read from.
struct Event {
  std::string object;  // "deal", "contact", "company", "ticket" …, else the type's number
  std::string action;  // "creation", "propertyChange", "deletion", "associationChange", "merge" …
  std::string id;      // of the object
  std::string portal;
  std::string key;  // hubspot:<portal>:<event>:<subscription>
  std::optional<Timestamp> at;
  const Node* node = nullptr;

  std::string text(std::string_view name) const;
};

// The events of a body: a list, or one alone. Errors: kInvalid "not_a_batch", "field_missing".
Result<std::vector<Event>> read_events(const Node& body);

Fact fact_of(const Event& event, const SourceSettings& settings);

// `what` is that of the plan: "new-deal", "deal", "contact", "company".
Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings);

// logged.cpp: what was and is to be done about deals, as the API lists it.
Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item);

// "won" and "lost" of the stages that every portal begins with; "" of others.
std::string_view outcome_of_stage(std::string_view stage);
// hubspot:<object>:<id>, which facts about one thing have in common.
std::string scope_of(std::string_view object, std::string_view id);

}  // namespace dealog::connectors::hubspot
