// A hook of amoCRM taken apart: one body holds several entities, actions and rows.
#pragma once

#include <string>
#include <vector>

#include "libs/connectors/delivery.hpp"
#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"
#include "libs/connectors/source_settings.hpp"

namespace dealog::connectors::amocrm {

// A row lives as long as the tree that it was found in.
struct Row {
  std::string entity;   // "leads", "contacts", "unsorted", "message" …
  std::string action;   // "add", "update", "status" …
  std::string account;  // id, else subdomain, else ""
  const Node* node = nullptr;
  std::string minute;  // of the receipt, for rows that carry no time

  std::string text(std::string_view key) const;
  std::string id() const;
  // amocrm:<account>:<entity>:<action>:<id>… as the delivery key of a single row.
  std::string key() const;
};

// In order of arrival; a hook of the digital pipeline in its own form is one row of "leads".
std::vector<Row> rows_of(const Node& body, const Delivery& delivery);

// amocrm:lead:<id>, which facts about one deal have in common.
std::string lead_scope(const std::string& id);

// What one row says. Never an error but for a row without an id.
Result<std::vector<Fact>> facts_of(const Row& row, const SourceSettings& settings);

// Of the rows of "leads", also as the API answers them; "add" makes a lead, all others a stage.
Fact lead_fact(const Row& row, const SourceSettings& settings);
Fact stage_fact(const Row& row, const SourceSettings& settings);
Fact contact_fact(const Row& row, const SourceSettings& settings);

// unsorted.cpp: an incoming lead before somebody has taken it.
Fact incoming_fact(const Row& row, const SourceSettings& settings);
Fact incoming_end_fact(const Row& row);
// logged.cpp: notes and tasks of deals, as the API lists them.
Result<std::vector<Fact>> read_logged(std::string_view what, const Node& item);
// talks.cpp: messages of chats; notes that are calls and SMS.
Fact message_fact(const Row& row);
Fact note_fact(const Row& row, const SourceSettings& settings);

}  // namespace dealog::connectors::amocrm
