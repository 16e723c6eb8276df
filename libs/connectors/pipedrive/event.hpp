// One event of Pipedrive, the same for both versions of its webhooks.
#pragma once

#include <string>
#include <vector>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::pipedrive {

// Lives as long as the tree that it was read from.
struct Event {
  std::string action;  // "create", "change", "delete", "merge"
  std::string entity;  // "deal", "person", "organization", "lead", "activity", "note" …
  std::string id;
  std::string company;
  std::string host;
  std::string actor;
  std::string merged_to;
  std::optional<Timestamp> at;
  const Node* data = nullptr;      // null when it was deleted
  const Node* previous = nullptr;  // of version 2 only what changed
  std::string delivery_key;        // "" when the body does not identify itself
};

// Errors: kInvalid "field_missing" for what has no meta block.
Result<Event> read_event(const Node& body);

Result<std::vector<Fact>> facts_of(const Event& event, const SourceSettings& settings);

// What the API answers to a plan: "new-deal", "deal", "person", "organization".
Result<std::vector<Fact>> read_answer(std::string_view what, const Node& body,
                                      const SourceSettings& settings);

// logged.cpp: notes and activities of deals, as the API lists them.
Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item);

}  // namespace dealog::connectors::pipedrive
