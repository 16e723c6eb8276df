#include "projections/payments/payments_projector.hpp"

#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {
namespace {

struct PaymentChange {
  v1::PaymentRow& row;
  ViewBatch& batch;
};

void received(const v1::PaymentReceived& m, const RecordedEvent& event, PaymentChange& change) {
  auto& row = change.row;
  row.set_provider(m.provider());
  row.set_external_id(m.external_id());
  *row.mutable_amount() = m.amount();
  row.set_received_us(event.occurred.at.us);
  row.set_recorded_us(event.recorded.us);
  row.set_position(event.position.value);
  row.set_invoice_number(m.invoice_number());
  row.set_invoice(m.invoice());
  row.set_deal(m.deal());
  row.set_test(m.test());
  row.set_source(m.source());
  keep_boxes(event, *row.mutable_texts());
  change.batch.put(row_keys::position_key(row_keys::kPaymentAt, row.position()), row.payment());
}

// Adds to the part of one invoice of one deal; a part of nothing goes.
void add_part(v1::PaymentRow& row, const std::string& deal, const std::string& invoice,
              std::int64_t minor) {
  row.set_matched_minor(row.matched_minor() + minor);
  auto& parts = *row.mutable_allocations();
  auto part = std::find_if(parts.begin(), parts.end(), [&](const v1::PaymentPart& known) {
    return known.deal() == deal && known.invoice() == invoice;
  });
  if (part == parts.end()) {
    auto& fresh = *parts.Add();
    fresh.set_deal(deal);
    fresh.set_invoice(invoice);
    fresh.mutable_amount()->set_currency(row.amount().currency());
    part = parts.end() - 1;
  }
  part->mutable_amount()->set_minor(part->amount().minor() + minor);
  if (part->amount().minor() == 0) parts.erase(part);
}

void matched(const v1::PaymentMatched& m, const RecordedEvent&, PaymentChange& change) {
  change.row.clear_reason();
  add_part(change.row, m.deal(), m.invoice(), m.amount().minor());
}

void refunded(const v1::PaymentRefunded& m, const RecordedEvent&, PaymentChange& change) {
  change.row.set_refunded_minor(change.row.refunded_minor() + m.amount().minor());
  for (const auto& share : m.shares()) {
    add_part(change.row, share.deal(), share.invoice(), -share.amount().minor());
  }
}

// How the effect that was to match it ended.
void skipped(const v1::EffectSkipped& m, const RecordedEvent&, PaymentChange& change) {
  change.row.set_reason(m.reason());
}
void failed(const v1::EffectFailed& m, const RecordedEvent&, PaymentChange& change) {
  change.row.set_reason(m.reason());
}

// What the amounts say, and the index entry that follows.
void settle(PaymentChange& change) {
  auto& row = change.row;
  const auto left = row.amount().minor() - row.matched_minor() - row.refunded_minor();
  const bool was_open = row.state() == "unmatched";
  if (left > 0) {
    row.set_state("unmatched");
  } else {
    row.set_state(row.matched_minor() > 0 ? "matched" : "refunded");
  }
  const auto key = row_keys::position_key(row_keys::kUnmatched, row.position());
  if (left > 0 && !was_open) change.batch.put(key, row.payment());
  if (left <= 0 && was_open) change.batch.erase(key);
}

const EventHandlers<PaymentChange>& handlers() {
  static const auto kHandlers = EventHandlers<PaymentChange>()
                                    .on<&received>()
                                    .on<&matched>()
                                    .on<&refunded>()
                                    .on<&skipped>()
                                    .on<&failed>();
  return kHandlers;
}

}  // namespace

std::string_view PaymentsProjector::prefix() const { return row_keys::kPayments; }

void PaymentsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  // Effects end on streams of other kinds as well.
  if (!handlers().knows(event) || !event.stream.starts_with("pay_")) return;
  auto& row = batch.edit<v1::PaymentRow>(row_keys::key(row_keys::kPayment, event.stream));
  row.set_payment(event.stream);
  row.set_version(event.version.value);
  PaymentChange change{row, batch};
  handlers().apply(event, change);
  settle(change);
}

}  // namespace dealog::views
