#include "libs/command/use_cases/documents.hpp"

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/documents/pdf.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::use_cases {
namespace {

constexpr std::size_t kLinks = 100;  // of one document
constexpr std::size_t kTokenCharacters = 43;

// What a kept PDF is bound to, so that no other document's can stand in its place.
std::string body_context(const std::string& document) { return "document " + document; }

Tag issued_tag(std::string_view subject) { return open_tag("document-of:" + std::string(subject)); }
Tag links_tag(std::string_view document) { return open_tag("links-of:" + std::string(document)); }

// The number that an earlier issue of the same paper took in the same year's series, else the next
// one, with the tag that says it is taken.
Result<std::vector<Tag>> take_number(Unit& unit, Paper& paper) {
  if (!paper.event.number().empty()) return std::vector<Tag>{};
  if (paper.before && paper.before->entity() == paper.event.entity()) {
    paper.event.set_number(paper.before->number());
    return std::vector<Tag>{};
  }
  const Tag tag = document::numbers_tag(paper.code.kind, paper.event.entity(), paper.year);
  const auto last = TRY(unit.hold_tag(tag));
  const auto* issued = last ? last->as<v1::DocumentIssued>() : nullptr;
  const auto taken = issued != nullptr ? document::number_parts(issued->number()).number : 0;
  paper.event.set_number(document::number_text(paper.year, paper.series, taken + 1));
  return std::vector<Tag>{tag};
}

Result<documents::RenderedPdf> render(const v1::DocumentIssued& event, std::string_view yaml,
                                      bool draft, Language language) {
  const auto how = TRY(document::sound_template(yaml, language));
  auto data = document_data_of(event);
  data.draft = draft;
  return documents::render_pdf(how, data);
}

bool is_erased(const RecordedEvent& issued) {
  return issued.seals.at(v1::PERSON) == SealState::kErased ||
         issued.seals.at(v1::DEAL) == SealState::kErased;
}

std::unexpected<Error> erased(Language language) {
  return refuse(language, ErrorKind::kNotFound, "document_erased",
                "персональные данные в этом документе стёрты, и его больше нельзя показать",
                "the personal data in this document was erased; it can be shown no more");
}

// The bytes that were kept beside the event, when they are there and are the ones.
Result<std::optional<std::string>> kept_pdf(const Folds& folds, const RecordedEvent& issued) {
  const auto& event = *issued.as<v1::DocumentIssued>();
  const auto sealed = TRY(folds.log().raw_body(issued.id));
  if (!sealed) return std::nullopt;
  SealState seal = SealState::kAbsent;
  auto pdf =
      open_bytes(*sealed, event.body_key_id(), folds.keys(), body_context(event.document()), &seal);
  if (!pdf || seal != SealState::kOpened) return std::nullopt;
  if (to_hex(sha256(*pdf)) != event.sha256()) return std::nullopt;
  return *std::move(pdf);
}

// The template's text as it was when the document was issued.
Result<std::string> template_of(const Folds& folds, const RecordedEvent& issued) {
  const auto& event = *issued.as<v1::DocumentIssued>();
  const auto code = documents::template_code_of(event.template_code());
  if (!code) {
    return fail(ErrorKind::kInternal, "template_missing",
                "there is no template " + event.template_code() + " any more");
  }
  if (event.template_version() == 0) return std::string(documents::default_template(*code));
  const auto state =
      TRY(folds.as_of<document::TemplateState>(document::stream_of(*code), issued.position));
  return document::in_force(*state, *code).yaml;
}

const v1::DocumentIssued* last_issue(const std::optional<RecordedEvent>& event) {
  return event ? event->as<v1::DocumentIssued>() : nullptr;
}

std::unexpected<Error> link_not_found(Language language) {
  return refuse(language, ErrorKind::kNotFound, "link_not_found",
                "эта ссылка не действует: попросите новую у того, кто её прислал",
                "this link is not valid: ask whoever sent it for a new one");
}

}  // namespace

Result<DocumentId> issue_document(Unit& unit, const PaperInput& input) {
  Paper paper = TRY(gather_paper(unit, input));
  if (!paper.has_seller()) {
    return refuse(unit.language(), ErrorKind::kConflict, "legal_entity_missing",
                  "некому продавать: сначала заведите юридическое лицо "
                  "(POST /v1/legal-entities)",
                  "nobody sells: register a legal entity first (POST /v1/legal-entities)");
  }
  const auto id = unit.computed_id<DocumentId>(fmt::format("document/{}", input.subject));
  std::vector<Tag> tags = TRY(take_number(unit, paper));
  tags.push_back(open_tag(id.text()));
  tags.push_back(issued_tag(input.subject));
  v1::DocumentIssued& event = paper.event;
  event.set_document(id.text());
  const auto pdf = TRY(render(event, paper.how.yaml, false, unit.language()));
  event.set_sha256(to_hex(sha256(pdf.bytes)));
  event.set_size(pdf.bytes.size());
  event.set_pages(pdf.pages);
  const StreamName deal = input.deal.text();
  const SealKey key = TRY(unit.seal_key(paper.buyer.empty() ? deal : paper.buyer));
  auto sealed = seal_bytes(key, pdf.bytes, body_context(id.text()));
  event.set_body_key_id(sealed.key);
  NewEvent issued = make_event(std::move(event), std::move(tags));
  issued.subject = paper.buyer;
  unit.attach({unit.next_event_id(), std::move(sealed.bytes)});
  unit.emit(deal, {std::move(issued)});
  return id;
}

Result<void> issue_what_is_sent(Unit& unit, const DealId& deal, const deal::Command& command) {
  PaperInput input{.deal = deal, .subject = {}, .legal_entity = {}, .language = {}};
  if (const auto* quote = std::get_if<deal::SendQuote>(&command)) {
    input.subject = quote->quote.text();
  } else if (const auto* invoice = std::get_if<deal::SendInvoice>(&command)) {
    input.subject = invoice->invoice.text();
  } else {
    return {};
  }
  const auto chosen = TRY(unit.last_with_tag(open_tag(std::string(legal_entity::kDefaultTag))));
  if (!chosen) return {};
  const auto last = TRY(unit.last_with_tag(issued_tag(input.subject)));
  if (const auto* before = last_issue(last)) {
    const auto* state = TRY(unit.load<deal::State>(deal.text()));
    const auto* quote = state->quote(QuoteId::parse(input.subject).value_or(QuoteId{}));
    if (quote == nullptr || quote->revision == before->revision()) return {};
  }
  TRY(issue_document(unit, input));
  return {};
}

Result<RecordedEvent> issued_document(const Folds& folds, std::string_view document,
                                      Language language) {
  auto event = TRY(folds.last_with_tag(open_tag(std::string(document))));
  if (last_issue(event) == nullptr) event = TRY(issued_for(folds, document));
  if (last_issue(event) == nullptr) return not_found(language, "document", document);
  return *std::move(event);
}

Result<std::optional<RecordedEvent>> issued_for(const Folds& folds, std::string_view subject) {
  return folds.last_with_tag(issued_tag(subject));
}

Result<std::string> document_pdf(const Folds& folds, const RecordedEvent& issued,
                                 Language language) {
  if (is_erased(issued)) return erased(language);
  auto kept = TRY(kept_pdf(folds, issued));
  if (kept) return *std::move(kept);
  const auto& event = *issued.as<v1::DocumentIssued>();
  const std::string yaml = TRY(template_of(folds, issued));
  auto again = TRY(render(event, yaml, false, language));
  if (to_hex(sha256(again.bytes)) != event.sha256()) {
    return fail(ErrorKind::kInternal, "document_differs",
                fmt::format("the PDF of {} is not kept any more and comes out with another hash: "
                            "fonts, libraries or the built-in template have changed since",
                            event.document()));
  }
  return std::move(again.bytes);
}

Result<std::string> draft_pdf(const Folds& folds, const PaperInput& input, Timestamp now,
                              Language language) {
  const Paper paper = TRY(gather_paper(folds, input, now, language));
  auto pdf = TRY(render(paper.event, paper.how.yaml, true, language));
  return std::move(pdf.bytes);
}

Result<LinkMade> create_link(Unit& unit, std::string_view document, Timestamp expires_at) {
  // It may be issued by this very append.
  auto deal = unit.emitted_with_tag(open_tag(std::string(document)));
  if (!deal) deal = TRY(issued_document(unit.folds(), document, unit.language())).stream;
  if (TRY(unit.with_tag(links_tag(document), kLinks)).size() == kLinks) {
    return refuse(unit.language(), ErrorKind::kTooLarge, "too_many_links",
                  fmt::format("у документа не больше {} ссылок", kLinks),
                  fmt::format("a document has at most {} links", kLinks));
  }
  LinkMade made{to_base64url(random_bytes(document::kLinkTokenBytes)), expires_at};
  v1::DocumentLinkCreated event;
  event.set_document(std::string(document));
  event.set_token_sha256(to_hex(sha256(made.token)));
  event.set_expires_at(expires_at.us);
  const Tag tag = document::link_tag(event.token_sha256());
  unit.emit(*deal, {make_event(std::move(event), {tag, links_tag(document)})});
  return made;
}

Result<void> revoke_links(Unit& unit, std::string_view document) {
  const auto issued = TRY(issued_document(unit.folds(), document, unit.language()));
  v1::DocumentLinksRevoked event;
  event.set_document(std::string(document));
  unit.emit(issued.stream, {make_event(std::move(event), {document::revoked_tag(document)})});
  return {};
}

Result<OpenedLink> open_link(const Folds& folds, std::string_view token, Timestamp now,
                             Language language) {
  if (token.size() != kTokenCharacters) return link_not_found(language);
  const auto made = TRY(folds.last_with_tag(document::link_tag(to_hex(sha256(token)))));
  const auto* link = made ? made->as<v1::DocumentLinkCreated>() : nullptr;
  if (link == nullptr || link->expires_at() <= now.us) return link_not_found(language);
  const auto revoked = TRY(folds.last_with_tag(document::revoked_tag(link->document())));
  if (revoked && revoked->position > made->position) return link_not_found(language);
  return OpenedLink{made->id, TRY(issued_document(folds, link->document(), language))};
}

Result<void> record_view(Unit& unit, const OpenedLink& opened) {
  const std::string link = "evt_" + opened.link.hex();
  const Tag tag = document::views_tag(link);
  if (TRY(unit.with_tag(tag, kViewsPerLink)).size() == kViewsPerLink) return {};
  const auto& issued = *opened.issued.as<v1::DocumentIssued>();
  v1::DocumentViewed event;
  event.set_document(issued.document());
  event.set_kind(issued.kind());
  event.set_subject(issued.subject());
  event.set_link(link);
  unit.emit(opened.issued.stream, {make_event(std::move(event), {tag})});
  return {};
}

Uuid view_id(const OpenedLink& opened, std::string_view token, std::string_view visitor, Date day) {
  const std::string keyed = hmac_sha256(token, fmt::format("{} {}", day.text(), visitor));
  return Uuid::derived(opened.link, "view/" + to_hex(keyed));
}

}  // namespace dealog::use_cases
