// What stands on a paper of a deal, gathered from the deal's stream, its company or contact person,
// the legal entity that sells and the template in force.
#pragma once

#include <optional>
#include <string>

#include "dealog/v1/document_events.pb.h"
#include "libs/command/unit.hpp"
#include "libs/documents/document_data.hpp"
#include "libs/domain/document/document.hpp"
#include "libs/domain/legal_entity/legal_entity.hpp"

namespace dealog::use_cases {

struct PaperInput {
  DealId deal;
  std::string subject;       // quo_…, inv_… or doc_… that lies on the deal
  std::string legal_entity;  // ent_…; empty: that of the invoice's series, else the default one
  std::string language;      // ru, en; empty: that of the legal entity
};

// A paper without its number (an invoice brings its own), its bytes and their hash.
struct Paper {
  v1::DocumentIssued event;
  std::string buyer;  // com_… or per_… under whose key the buyer's name is sealed; may be empty
  std::string series;
  int year = 0;
  documents::TemplateCode code;
  document::TemplateInForce how;
  // Of the same quote, invoice or document, issued before.
  std::optional<v1::DocumentIssued> before = {};

  bool has_seller() const { return !event.entity().empty(); }
};

// For an append: the deal, the legal entity, the buyer and the template become conditions of it.
// Errors: kNotFound "deal_not_found" | "quote_not_found" | "invoice_not_found" |
// "document_not_found" | "legal_entity_not_found"; kUnprocessable "document_not_printable" (of kind
// `other`), "document_without_lines"; kConflict "series_differs".
Result<Paper> gather_paper(Unit& unit, const PaperInput& input);
// The same for a look at it.
Result<Paper> gather_paper(const Folds& folds, const PaperInput& input, Timestamp now,
                           Language language);

// What is printed; every field of it comes from the event.
documents::DocumentData document_data_of(const v1::DocumentIssued& event);

}  // namespace dealog::use_cases
