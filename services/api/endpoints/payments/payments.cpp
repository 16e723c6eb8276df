// POST /v1/payments, /v1/payments/{id}/match, /v1/payments/{id}/refund
#include "services/api/endpoints/payments.hpp"

#include "dealog/v1/commerce_events.pb.h"
#include "libs/command/use_cases/payments.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/payments/show_payment.hpp"
#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

struct NewPayment {
  payment::ReceivePayment command;
  std::optional<DealId> deal;
};

Result<NewPayment> read_payment(const http::Request& request, Timestamp now) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  NewPayment input;
  payment::ReceivePayment& command = input.command;
  command.provider = in.required_code("provider");
  command.external_id = in.required_string("external_id", limits::kTitleBytes);
  command.amount = in.required_money("amount", http::MoneyRange::kPositive);
  command.received_at = in.optional_time("received_at").value_or(now);
  const std::string invoice = in.optional_string("invoice", limits::kCodeBytes).value_or("");
  (InvoiceId::parse(invoice) ? command.invoice : command.invoice_number) = invoice;
  input.deal = in.optional_id<DealId>("deal");
  if (input.deal) command.deal = input.deal->text();
  command.purpose = in.optional_text("purpose", limits::kNoteBytes).value_or("");
  command.payer = in.optional_text("payer", limits::kTitleBytes).value_or("");
  TRY(document.finish());
  return input;
}

// An id is ours, so one that names nothing is a mistake; a number may be anybody's.
std::unexpected<Error> no_invoice(const std::string& id, Language language) {
  return refuse(language, ErrorKind::kNotFound, "invoice_not_found",
                fmt::format("счёта {} нет", id), fmt::format("there is no invoice {}", id));
}

// Received and, when it names what exists, matched in the same append.
Result<PaymentId> receive(Unit& unit, const NewPayment& input) {
  const auto received = TRY(use_cases::receive_payment(unit, input.command));
  if (!received.received) return received.payment;
  use_cases::MatchTarget target{.deal = input.deal};
  const bool by_id = !input.command.invoice.empty();
  const std::string& named = by_id ? input.command.invoice : input.command.invoice_number;
  if (!named.empty()) {
    const auto found = TRY(use_cases::find_invoice(unit.folds(), named));
    if (by_id && !found) return no_invoice(named, unit.language());
    if (found) {
      if (!target.deal) target.deal = found->deal;
      target.invoice = found->invoice;
    }
  }
  // A number that is not ours waits as unmatched; the effect runner says so in the log.
  if (target.deal) TRY(use_cases::match_payment(unit, received.payment, target));
  return received.payment;
}

Result<use_cases::MatchTarget> read_match(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  use_cases::MatchTarget target{.deal = in.optional_id<DealId>("deal"),
                                .invoice = in.optional_id<InvoiceId>("invoice"),
                                .amount = in.optional_money("amount", http::MoneyRange::kPositive)};
  if (!target.deal && !target.invoice) {
    in.error("", "nothing_named", "укажите сделку (deal) или счёт (invoice)",
             "name a deal or an invoice");
  }
  TRY(document.finish());
  return target;
}

// A refund without an external id of its own is known by the command's.
Result<payment::RefundPayment> read_refund(const http::Request& request, Timestamp now) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  payment::RefundPayment command;
  command.external_id = in.optional_string("external_id", limits::kTitleBytes).value_or("");
  command.amount = in.required_money("amount", http::MoneyRange::kPositive);
  command.refunded_at = in.optional_time("refunded_at").value_or(now);
  command.reason = in.optional_text("reason", limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return command;
}

}  // namespace

Answer receive_payment(const Api& api, Session session, http::Request request) {
  const NewPayment input = CO_TRY(read_payment(request, api.clock().now()));
  const PaymentId id = payment::payment_id(input.command.provider, input.command.external_id);
  const auto done =
      CO_TRY(co_await execute(api, command_of(session, request, "receive_payment", id.text()),
                              [&input](Unit& unit) { return receive(unit, input); }));
  co_return co_await show_payment_after(api, session, request, id, done.outcome, 201);
}

Answer match_payment(const Api& api, Session session, http::Request request) {
  const PaymentId id = CO_TRY(part_of_path<PaymentId>(request, "payment"));
  const auto target = CO_TRY(read_match(request));
  auto command = CO_TRY(command_of(session, request, "match_payment", id.text()));
  if (target.deal) command.also.push_back(target.deal->text());
  const auto outcome = CO_TRY(co_await execute_plain(
      api, std::move(command), [&id, &target, language = session.language](Unit& unit) {
        return use_cases::match_payment(unit, id, target, language);
      }));
  co_return co_await show_payment_after(api, session, request, id, outcome, 200);
}

Answer refund_payment(const Api& api, Session session, http::Request request) {
  const PaymentId id = CO_TRY(part_of_path<PaymentId>(request, "payment"));
  const auto input = CO_TRY(read_refund(request, api.clock().now()));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, "refund_payment", id.text()),
                                    [&id, &input, language = session.language](Unit& unit) {
                                      payment::RefundPayment command = input;
                                      if (command.external_id.empty())
                                        command.external_id = unit.command_id().hex();
                                      return use_cases::refund_payment(unit, id, command, language);
                                    }));
  co_return co_await show_payment_after(api, session, request, id, outcome, 200);
}

}  // namespace dealog::api
