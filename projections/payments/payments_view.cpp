#include "projections/payments/payments_view.hpp"

#include "dealog/v1/commerce_events.pb.h"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

Payment read_payment(const v1::PaymentRow& row, const BoxOpener& opener) {
  const Money amount = money_of(row.amount());
  const auto in_currency = [&](std::int64_t minor) { return Money{minor, amount.currency}; };
  const auto texts = opener.open(row.texts());
  Payment payment{
      .id = row.payment(),
      .version = row.version(),
      .provider = row.provider(),
      .external_id = row.external_id(),
      .amount = amount,
      .matched = in_currency(row.matched_minor()),
      .refunded = in_currency(row.refunded_minor()),
      .unmatched = in_currency(amount.minor - row.matched_minor() - row.refunded_minor()),
      .state = row.state(),
      .reason = row.reason(),
      .received_at = {row.received_us()},
      .recorded_at = {row.recorded_us()},
      .invoice_number = row.invoice_number(),
      .invoice = row.invoice(),
      .deal = row.deal(),
      .test = row.test(),
      .source = row.source(),
      .purpose = {texts.state(), {}},
      .payer = {texts.state(), {}},
      .allocations = {}};
  if (const auto* received = texts.as<v1::PaymentReceived>()) {
    payment.purpose = texts.text(received->purpose());
    payment.payer = texts.text(received->payer());
  }
  for (const auto& part : row.allocations()) {
    payment.allocations.push_back({part.deal(), part.invoice(), money_of(part.amount())});
  }
  return payment;
}

Result<std::optional<v1::PaymentRow>> find_payment(const ViewReader& rows, std::string_view id) {
  return find_row<v1::PaymentRow>(rows, row_keys::key(row_keys::kPayment, id));
}

}  // namespace

Result<std::optional<Payment>> PaymentsView::get(std::string_view payment) const {
  const auto row = TRY(find_payment(context_.rows, payment));
  if (!row) return std::nullopt;
  return read_payment(*row, opener_);
}

Result<Page<Payment>> PaymentsView::list(const PaymentFilter& filter,
                                         const PageRequest& page) const {
  const auto index = filter.state == "unmatched" ? row_keys::kUnmatched : row_keys::kPaymentAt;
  return page_of_rows<Payment>(
      context_.rows, index, page,
      [&](std::string_view, std::string_view id) -> Result<std::optional<Payment>> {
        const auto row = TRY(find_payment(context_.rows, id));
        if (!row || (!filter.state.empty() && row->state() != filter.state)) return std::nullopt;
        return read_payment(*row, opener_);
      });
}

}  // namespace dealog::views
