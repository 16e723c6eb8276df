// POST /v1/deals/{id}/invoices, GET /v1/invoices/{id}, POST …/send|void
#include "libs/domain/legal_entity/legal_entity.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/rules/vocabulary.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/support/lines_input.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::array<Place, 1> kPlaces = {{{"legal_entity_not_found", "/legal_entity"}}};

Result<deal::IssueInvoice> read_invoice(const http::Request& request) {
  static const auto kinds = rules::codes_of(rules::invoice_kinds());
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::IssueInvoice command;
  command.kind = in.required_one_of("kind", kinds);
  command.amount = in.required_money("amount", http::MoneyRange::kPositive);
  command.due_date = in.optional_date("due_date");
  command.lines = read_lines(in);
  if (const auto entity = in.optional_id<LegalEntityId>("legal_entity")) {
    command.legal_entity = entity->text();
  }
  TRY(document.finish());
  return command;
}

Result<deal::VoidInvoice> read_voiding(const http::Request& request, const InvoiceId& id) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  deal::VoidInvoice command{
      .invoice = id,
      .reason = document.object().optional_text("reason", limits::kNoteBytes).value_or("")};
  TRY(document.finish());
  return command;
}

}  // namespace

Answer issue_invoice(const Api& api, Session session, http::Request request) {
  auto command = CO_TRY(read_invoice(request));
  co_return co_await create_part<InvoiceId>(api, std::move(session), std::move(request),
                                            "issue_invoice", std::move(command), kPlaces);
}

Answer get_invoice(const Api& api, Session session, http::Request request) {
  const InvoiceId id = CO_TRY(part_of_path<InvoiceId>(request, "invoice"));
  CO_TRY(no_parameters(request));
  co_return co_await show_part(api, std::move(session), id);
}

Answer send_invoice(const Api& api, Session session, http::Request request) {
  const InvoiceId id = CO_TRY(part_of_path<InvoiceId>(request, "invoice"));
  CO_TRY(read_nothing(request));
  deal::Command command = deal::SendInvoice{.invoice = id};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "send_invoice", id, std::move(command));
}

Answer void_invoice(const Api& api, Session session, http::Request request) {
  const InvoiceId id = CO_TRY(part_of_path<InvoiceId>(request, "invoice"));
  deal::Command command = CO_TRY(read_voiding(request, id));
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "void_invoice", id, std::move(command));
}

}  // namespace dealog::api
