// What quotes, documents, invoices and money make of the state.
#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/domain/deal/evolve.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

void fix_currency(State& state, const Money& money) {
  if (state.fixed_currency.empty()) state.fixed_currency = money.currency;
}

template <class Contents>
void set_contents(State& state, Quote& quote, const Contents& event, const Frame& frame) {
  quote.revision = event.revision();
  quote.total = money_from_proto(event.total());
  quote.prepayment_basis_points = event.prepayment_basis_points();
  quote.highest_discount_basis_points = event.highest_discount_basis_points();
  quote.author = frame.actor;
  quote.state = QuoteState::kDraft;
  quote.allowed_basis_points = -1;
  quote.author_role.clear();
  quote.below_floor = false;
  quote.steps.clear();
  fix_currency(state, quote.total);
}

Quote* find_quote(State& state, const std::string& id) {
  const auto found = std::ranges::find(state.quotes, id_from_text<QuoteId>(id), &Quote::id);
  return found == state.quotes.end() ? nullptr : &*found;
}

void apply(State& state, const v1::QuoteDrafted& event, const Frame& frame) {
  Quote& quote = state.quotes.emplace_back();
  quote.id = id_from_text<QuoteId>(event.quote());
  set_contents(state, quote, event, frame);
}

void apply(State& state, const v1::QuoteRevised& event, const Frame& frame) {
  if (Quote* quote = find_quote(state, event.quote())) set_contents(state, *quote, event, frame);
}

void apply(State& state, const v1::QuoteSubmitted& event, const Frame&) {
  Quote* quote = find_quote(state, event.quote());
  if (!quote) return;
  quote->submitted_revision = event.revision();
  if (quote->state < QuoteState::kSubmitted) quote->state = QuoteState::kSubmitted;
}

void apply(State& state, const v1::QuoteApproved& event, const Frame&) {
  Quote* quote = find_quote(state, event.quote());
  if (!quote) return;
  quote->approved_revision = event.revision();
  if (quote->state < QuoteState::kApproved) quote->state = QuoteState::kApproved;
}

void apply(State& state, const v1::QuoteSent& event, const Frame&) {
  if (Quote* quote = find_quote(state, event.quote())) quote->state = QuoteState::kSent;
}

void apply(State& state, const v1::QuoteAccepted& event, const Frame&) {
  Quote* accepted = find_quote(state, event.quote());
  if (!accepted) return;
  for (Quote& quote : state.quotes) {
    if (quote.state == QuoteState::kAccepted) quote.state = QuoteState::kReplaced;
  }
  accepted->state = QuoteState::kAccepted;
}

void apply(State& state, const v1::QuoteRejected& event, const Frame&) {
  if (Quote* quote = find_quote(state, event.quote())) quote->state = QuoteState::kRejected;
}

void apply(State& state, const v1::DocumentAdded& event, const Frame&) {
  state.documents.push_back({id_from_text<DocumentId>(event.document()),
                             word_place(rules::document_kinds(), event.kind()), false});
}

void apply(State& state, const v1::DocumentSigned& event, const Frame&) {
  const auto id = id_from_text<DocumentId>(event.document());
  const auto found = std::ranges::find(state.documents, id, &Document::id);
  if (found != state.documents.end()) found->is_signed = true;
}

void apply(State& state, const v1::AcknowledgementGiven& event, const Frame&) {
  const auto kind = word_place(rules::acknowledgement_kinds(), event.kind());
  const bool known = std::ranges::count(state.acknowledgements, kind) > 0;
  if (!known) state.acknowledgements.push_back(kind);
}

void apply(State& state, const v1::InvoiceIssued& event, const Frame&) {
  Invoice invoice;
  invoice.id = id_from_text<InvoiceId>(event.invoice());
  invoice.number = event.number();
  invoice.kind = word_place(rules::invoice_kinds(), event.kind());
  invoice.amount = money_from_proto(event.amount());
  invoice.due_date = date_from_text(event.due_date());
  invoice.overdue_at = {event.overdue_at()};
  fix_currency(state, invoice.amount);
  state.invoices.push_back(std::move(invoice));
}

Invoice* find_invoice(State& state, const InvoiceId& id) {
  if (id.is_nil()) return nullptr;
  const auto found = std::ranges::find(state.invoices, id, &Invoice::id);
  return found == state.invoices.end() ? nullptr : &*found;
}

void apply(State& state, const v1::InvoiceSent& event, const Frame&) {
  if (Invoice* invoice = find_invoice(state, id_from_text<InvoiceId>(event.invoice()))) {
    invoice->state = InvoiceState::kSent;
  }
}

void apply(State& state, const v1::InvoiceVoided& event, const Frame&) {
  if (Invoice* invoice = find_invoice(state, id_from_text<InvoiceId>(event.invoice()))) {
    invoice->state = InvoiceState::kVoid;
  }
}

Allocation& allocation_of(State& state, const PaymentId& payment, const InvoiceId& invoice) {
  for (Allocation& known : state.allocations) {
    if (known.payment == payment && known.invoice == invoice) return known;
  }
  return state.allocations.emplace_back(payment, invoice);
}

void apply(State& state, const v1::PaymentAllocated& event, const Frame&) {
  const Money amount = money_from_proto(event.amount());
  const auto invoice = id_from_text<InvoiceId>(event.invoice());
  allocation_of(state, id_from_text<PaymentId>(event.payment()), invoice).allocated_minor +=
      amount.minor;
  if (Invoice* found = find_invoice(state, invoice)) found->allocated_minor += amount.minor;
  state.paid_minor += amount.minor;
  fix_currency(state, amount);
}

void apply(State& state, const v1::RefundAllocated& event, const Frame&) {
  const Money amount = money_from_proto(event.amount());
  const auto invoice = id_from_text<InvoiceId>(event.invoice());
  allocation_of(state, id_from_text<PaymentId>(event.payment()), invoice).refunded_minor +=
      amount.minor;
  if (Invoice* found = find_invoice(state, invoice)) found->allocated_minor -= amount.minor;
  state.paid_minor -= amount.minor;
}

constexpr auto kApply = [](State& state, const auto& event, const Frame& frame) {
  apply(state, event, frame);
};

}  // namespace

void add_commerce_appliers(Appliers& appliers) {
  add_appliers<kApply, v1::QuoteDrafted, v1::QuoteRevised, v1::QuoteSubmitted, v1::QuoteApproved,
               v1::QuoteSent, v1::QuoteAccepted, v1::QuoteRejected, v1::DocumentAdded,
               v1::DocumentSigned, v1::AcknowledgementGiven, v1::InvoiceIssued, v1::InvoiceSent,
               v1::InvoiceVoided, v1::PaymentAllocated, v1::RefundAllocated>(appliers);
}

}  // namespace dealog::deal
