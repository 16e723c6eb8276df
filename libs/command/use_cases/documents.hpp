// Papers of a deal: issued with a number, their bytes kept and proven by their hash, shown to a
// customer through a link.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/command/use_cases/document_data.hpp"
#include "libs/domain/deal/commands.hpp"

namespace dealog::use_cases {

// Documents are numbered without holes, so whoever issues them queues here.
inline constexpr std::string_view kDocumentsLane = "documents";

// Renders the paper, gives it a number (a quote, contract or act keeps the one it had; an invoice
// has its own) and appends DocumentIssued with the hash; the PDF lies sealed beside the event.
// Needs CommandRequest::also kDocumentsLane. Takes as long as rendering does, about 20 ms a page.
// Errors: those of gather_paper and of documents::render_pdf; kConflict "legal_entity_missing".
Result<DocumentId> issue_document(Unit& unit, const PaperInput& input);

// What is sent goes out as a document: issues the one of a quote or invoice that `command` sends,
// in the same append, when there is a legal entity to sell and this revision was not issued yet.
Result<void> issue_what_is_sent(Unit& unit, const DealId& deal, const deal::Command& command);

// The DocumentIssued of a document, opened; the last one of a contract or act by its own id.
// Errors: kNotFound "document_not_found".
Result<RecordedEvent> issued_document(const Folds& folds, std::string_view document,
                                      Language language = Language::kEn);
// The last one of a quote, invoice, contract or act; nothing when none was issued.
Result<std::optional<RecordedEvent>> issued_for(const Folds& folds, std::string_view subject);

// The PDF as it was issued: the bytes that were kept, else rendered again from the event and the
// template of then. Either way its hash is that of the event. Errors: kNotFound "document_erased";
// kInternal "document_differs" when neither gives the same bytes.
Result<std::string> document_pdf(const Folds& folds, const RecordedEvent& issued,
                                 Language language = Language::kEn);

// How it would look now, marked as a draft. Errors: those of gather_paper.
Result<std::string> draft_pdf(const Folds& folds, const PaperInput& input, Timestamp now,
                              Language language = Language::kEn);

// ---- links ----

struct LinkMade {
  std::string token;  // base64url; shown once
  Timestamp expires_at;
};
// Errors: kNotFound "document_not_found"; kTooLarge "too_many_links".
Result<LinkMade> create_link(Unit& unit, std::string_view document, Timestamp expires_at);
// Every link of the document that was made until now. Errors: kNotFound "document_not_found".
Result<void> revoke_links(Unit& unit, std::string_view document);

struct OpenedLink {
  Uuid link;  // the event that made it
  RecordedEvent issued;
};
// What a customer's link shows. Errors: kNotFound "link_not_found" (unknown, expired and revoked
// alike).
Result<OpenedLink> open_link(const Folds& folds, std::string_view token, Timestamp now,
                             Language language);

// Records that somebody looked; CommandRequest::computed_id (see view_id) makes it once a visitor
// and day. Past kViewsPerLink views nothing is recorded: a link that is passed around must not fill
// the log.
inline constexpr std::size_t kViewsPerLink = 500;
Result<void> record_view(Unit& unit, const OpenedLink& opened);
// `visitor` is what tells visitors apart, such as address and browser; it is not kept, and cannot
// be found again without the link's token.
Uuid view_id(const OpenedLink& opened, std::string_view token, std::string_view visitor, Date day);

}  // namespace dealog::use_cases
