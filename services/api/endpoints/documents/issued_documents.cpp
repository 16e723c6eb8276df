// POST /v1/quotes/{id}/document, /v1/invoices/{id}/document, /v1/documents/{id}/issue;
// GET /v1/documents/{id}, and the PDFs of all three
#include <algorithm>
#include <array>

#include "libs/command/use_cases/documents.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/documents/pdf_answer.hpp"
#include "services/api/endpoints/papers.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

constexpr std::array<std::string_view, 2> kLanguages = {"ru", "en"};
constexpr std::array<Place, 1> kPlaces = {{{"legal_entity_not_found", "/legal_entity"}}};
constexpr std::string_view kDocumentHeader = "Dealog-Document";

Money money_of(const v1::Money& money) {
  return {money.minor(), Currency::parse(money.currency()).value_or(Currency())};
}

json::object render_issued(const RecordedEvent& event) {
  const auto& issued = *event.as<v1::DocumentIssued>();
  return {{"id", issued.document()},
          {"kind", issued.kind()},
          {"subject", issued.subject()},
          {"deal", event.stream},
          {"number", issued.number()},
          {"revision", issued.revision()},
          {"issued_on", issued.issued_on()},
          {"issued_at", render(event.occurred.at)},
          {"legal_entity", issued.entity()},
          {"language", issued.language()},
          {"template", issued.template_code()},
          {"template_version", issued.template_version()},
          {"total", render(money_of(issued.total()))},
          {"vat", render(money_of(issued.vat()))},
          {"sha256", issued.sha256()},
          {"size", issued.size()},
          {"pages", issued.pages()}};
}

Result<use_cases::PaperInput> read_paper(const http::Request& request, std::string subject) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  http::ObjectReader& in = document.object();
  use_cases::PaperInput input{
      .deal = {}, .subject = std::move(subject), .legal_entity = {}, .language = {}};
  if (const auto entity = in.optional_id<LegalEntityId>("legal_entity")) {
    input.legal_entity = entity->text();
  }
  input.language = in.optional_one_of("language", kLanguages).value_or("");
  TRY(document.finish());
  return input;
}

template <class Id>
Answer issue(const Api& api, Session session, http::Request request, std::string_view what) {
  const Id id = CO_TRY(part_of_path<Id>(request, what));
  auto input = CO_TRY(read_paper(request, id.text()));
  input.deal = CO_TRY(co_await on_pool(
      api.reads, [&] { return use_cases::deal_of(api.bus.folds(), id.text(), session.language); }));
  auto asked = command_of(session, request, "issue_document", input.deal.text());
  if (asked) asked->also = {StreamName(use_cases::kDocumentsLane)};
  auto done = co_await execute(api, std::move(asked), [input](Unit& unit) {
    return use_cases::issue_document(unit, input);
  });
  const auto issued = CO_TRY(at_places(std::move(done), kPlaces, session.language));
  const RecordedEvent event = CO_TRY(appended<v1::DocumentIssued>(api, issued.outcome));
  co_return written(201, render_issued(event), issued.outcome);
}

http::Response issued_answer(const RecordedEvent& event, std::string pdf) {
  const auto& issued = *event.as<v1::DocumentIssued>();
  return pdf_answer(std::move(pdf), issued.kind() + "-" + issued.number())
      .with(kDocumentHeader, issued.document())
      .with("ETag", "\"" + issued.sha256() + "\"");
}

// Whether a quote has been revised since.
Result<bool> is_current(const Folds& folds, const RecordedEvent& event) {
  const auto& issued = *event.as<v1::DocumentIssued>();
  const auto quote = QuoteId::parse(issued.subject());
  if (!quote) return true;
  const auto deal = TRY(folds.current<deal::State>(event.stream));
  const auto* now = deal->quote(*quote);
  return now == nullptr || now->revision == issued.revision();
}

// What was issued last, else, or when the quote has another revision now, a draft of it.
Result<http::Response> show_pdf(const Api& api, const Session& session, const std::string& subject,
                                std::string_view what) {
  const Folds& folds = api.bus.folds();
  const auto deal = TRY(use_cases::deal_of(folds, subject, session.language));
  const auto issued = TRY(use_cases::issued_for(folds, subject));
  if (issued && TRY(is_current(folds, *issued))) {
    return issued_answer(*issued, TRY(use_cases::document_pdf(folds, *issued, session.language)));
  }
  auto draft = TRY(use_cases::draft_pdf(
      folds, {.deal = deal, .subject = subject, .legal_entity = {}, .language = {}},
      api.clock().now(), session.language));
  return pdf_answer(std::move(draft), std::string(what) + "-draft").with(kDocumentHeader, "draft");
}

template <class Id>
Answer pdf_of(const Api& api, Session session, http::Request request, std::string_view what) {
  const Id id = CO_TRY(part_of_path<Id>(request, what));
  CO_TRY(no_parameters(request));
  CO_TRY(require_personal(session));
  co_return co_await on_pool(api.reads, [&] { return show_pdf(api, session, id.text(), what); });
}

}  // namespace

Answer issue_quote_document(const Api& api, Session session, http::Request request) {
  return issue<QuoteId>(api, std::move(session), std::move(request), "quote");
}

Answer issue_invoice_document(const Api& api, Session session, http::Request request) {
  return issue<InvoiceId>(api, std::move(session), std::move(request), "invoice");
}

Answer issue_added_document(const Api& api, Session session, http::Request request) {
  return issue<DocumentId>(api, std::move(session), std::move(request), "document");
}

Answer get_issued_document(const Api& api, Session session, http::Request request) {
  const DocumentId id = CO_TRY(part_of_path<DocumentId>(request, "document"));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto event =
        TRY(use_cases::issued_document(api.bus.folds(), id.text(), session.language));
    return http::Response::json(200, json::value(render_issued(event)));
  });
}

Answer get_quote_pdf(const Api& api, Session session, http::Request request) {
  return pdf_of<QuoteId>(api, std::move(session), std::move(request), "quote");
}

Answer get_invoice_pdf(const Api& api, Session session, http::Request request) {
  return pdf_of<InvoiceId>(api, std::move(session), std::move(request), "invoice");
}

Answer get_document_pdf(const Api& api, Session session, http::Request request) {
  const DocumentId id = CO_TRY(part_of_path<DocumentId>(request, "document"));
  CO_TRY(no_parameters(request));
  CO_TRY(require_personal(session));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const Folds& folds = api.bus.folds();
    const auto issued = use_cases::issued_document(folds, id.text(), session.language);
    // A contract or act that lies on the deal, named by its own id.
    if (!issued) return show_pdf(api, session, id.text(), "document");
    return issued_answer(*issued, TRY(use_cases::document_pdf(folds, *issued, session.language)));
  });
}

}  // namespace dealog::api
