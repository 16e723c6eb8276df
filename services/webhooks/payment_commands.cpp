// Money that came in and went back. A payment is only received here; matching it is the effect
// runner's work, because it crosses streams.
#include "libs/base/limits.hpp"
#include "libs/command/use_cases/payments.hpp"
#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {
namespace {

using connectors::PaymentFact;

// "Оплата по счёту 2026-17" names invoice 2026-17: four digits, a dash, digits; between the last
// two the letters of a series, as in 2026-B17.
std::string invoice_number_in(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  const auto letter = [&](std::size_t at) {
    return at < text.size() && text[at] >= 'A' && text[at] <= 'Z';
  };
  for (std::size_t dash = 4; dash < text.size(); ++dash) {
    if (text[dash] != '-') continue;
    std::size_t first = dash + 1;
    while (first - dash <= 4 && letter(first)) ++first;
    if (!digit(first)) continue;
    if (!digit(dash - 1) || !digit(dash - 2) || !digit(dash - 3) || !digit(dash - 4)) continue;
    if (dash > 4 && digit(dash - 5)) continue;
    std::size_t end = first;
    while (digit(end)) ++end;
    if (end - first > 9) continue;
    return std::string(text.substr(dash - 4, end - dash + 4));
  }
  return {};
}

// A statement tells the day only, which begins where the source is.
Timestamp received_at(const FactAt& at, const PaymentFact& paid) {
  if (!paid.booked_on || at.fact.occurred_at) return at.occurred().at;
  const auto day = start_of_day(*paid.booked_on, at.source.settings.time_zone);
  return day ? std::min(*day, at.received_at) : at.received_at;
}

payment::ReceivePayment payment_input(const FactAt& at, const PaymentFact& paid) {
  payment::ReceivePayment command{.provider = at.source.state.provider,
                                  .external_id = at.fact.external_id,
                                  .amount = paid.amount,
                                  .received_at = received_at(at, paid),
                                  .purpose = cut_text(paid.description, limits::kNoteBytes),
                                  .payer = cut_text(paid.person.name, limits::kTitleBytes),
                                  .source = at.source.id.text(),
                                  .test = paid.test};
  if (InvoiceId::parse(paid.order_id)) {
    command.invoice = paid.order_id;
  } else if (DealId::parse(paid.order_id)) {
    command.deal = paid.order_id;
  } else {
    command.invoice_number = invoice_number_in(paid.order_id);
    if (command.invoice_number.empty()) {
      command.invoice_number = invoice_number_in(paid.description);
    }
    if (command.invoice_number.empty()) {
      command.invoice_number = cut_text(paid.order_id, limits::kCodeBytes);
    }
  }
  return command;
}

}  // namespace

FactCommand payment_command(const FactAt& at, const PaymentFact& paid) {
  return {"accept_payment",
          payment::payment_id(at.source.state.provider, at.fact.external_id).text(),
          [input = payment_input(at, paid),
           tax_id = std::string(paid.person.id("inn"))](Unit& unit) -> Result<void> {
            payment::ReceivePayment named = input;
            const bool names_deal = !input.invoice.empty() || !input.deal.empty();
            bool unmatched = false;
            if (!names_deal && !TRY(use_cases::find_invoice(unit.folds(), input.invoice_number))) {
              const auto found = TRY(use_cases::find_invoice_of_payer(unit, tax_id, input.amount));
              if (found) named.invoice = found->invoice.text();
              unmatched = !found;
            }
            const auto received = TRY(use_cases::receive_payment(unit, named));
            if (!received.received || !unmatched) return {};
            return use_cases::tell_payers_deal(unit, received.payment, tax_id, input.amount);
          }};
}

FactCommand refund_command(const FactAt& at, const connectors::RefundFact& refund) {
  const PaymentId payment = payment::payment_id(at.source.state.provider, refund.payment_id);
  payment::RefundPayment command{.external_id = at.fact.external_id,
                                 .amount = refund.amount,
                                 .refunded_at = at.occurred().at,
                                 .reason = cut_text(refund.description, limits::kNoteBytes)};
  return {"accept_refund", payment.text(), [payment, command = std::move(command)](Unit& unit) {
            return use_cases::refund_payment(unit, payment, command);
          }};
}

}  // namespace dealog::webhooks
