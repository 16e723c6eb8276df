// Quotes, documents, invoices and the deal's share of payments.
#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/projection/sealed_text.hpp"
#include "projections/deals/deal_change.hpp"

namespace dealog::views {
namespace {

v1::QuoteRow* find_quote(v1::DealRow& row, const std::string& id) {
  const auto found = std::ranges::find(*row.mutable_quotes(), id, &v1::QuoteRow::quote);
  return found == row.mutable_quotes()->end() ? nullptr : &*found;
}

v1::InvoiceRow* find_invoice(v1::DealRow& row, const std::string& id) {
  const auto found = std::ranges::find(*row.mutable_invoices(), id, &v1::InvoiceRow::invoice);
  return found == row.mutable_invoices()->end() ? nullptr : &*found;
}

void set_state(v1::QuoteRow& quote, std::string_view state, const RecordedEvent& event,
               DealChange& change) {
  quote.set_state(std::string(state));
  quote.set_changed_us(event.occurred.at.us);
  change.card = true;
}

template <class Contents>
void set_contents(v1::QuoteRow& quote, const Contents& m, const RecordedEvent& event,
                  DealChange& change) {
  forget_approval(quote, change);
  quote.set_revision(m.revision());
  *quote.mutable_total() = m.total();
  quote.set_prepayment_basis_points(m.prepayment_basis_points());
  quote.set_highest_discount_basis_points(m.highest_discount_basis_points());
  quote.set_valid_until(m.valid_until());
  quote.set_sent_us(0);
  quote.set_approved(false);
  quote.set_submitted_us(0);
  keep_boxes(event, *quote.mutable_lines());
  set_state(quote, "draft", event, change);
}

void quote_drafted(const v1::QuoteDrafted& m, const RecordedEvent& event, DealChange& change) {
  auto& quote = *change.row.add_quotes();
  quote.set_quote(m.quote());
  set_contents(quote, m, event, change);
}

void quote_revised(const v1::QuoteRevised& m, const RecordedEvent& event, DealChange& change) {
  if (auto* quote = find_quote(change.row, m.quote())) set_contents(*quote, m, event, change);
}

void quote_submitted(const v1::QuoteSubmitted& m, const RecordedEvent& event, DealChange& change) {
  auto* quote = find_quote(change.row, m.quote());
  if (!quote) return;
  quote->set_submitted_us(event.occurred.at.us);
  await_approval(*quote, event, change);
  change.card = true;
  if (quote->state() == "draft") set_state(*quote, "submitted", event, change);
}

void quote_approved(const v1::QuoteApproved& m, const RecordedEvent& event, DealChange& change) {
  auto* quote = find_quote(change.row, m.quote());
  if (!quote) return;
  quote->set_approved(true);
  forget_approval(*quote, change);
  quote->set_submitted_us(0);
  change.card = true;
  // Approval of what was sent already does not take the sending back.
  if (quote->state() == "draft" || quote->state() == "submitted") {
    set_state(*quote, "approved", event, change);
  }
}

void quote_sent(const v1::QuoteSent& m, const RecordedEvent& event, DealChange& change) {
  auto* quote = find_quote(change.row, m.quote());
  if (!quote) return;
  quote->set_sent_us(event.occurred.at.us);
  set_state(*quote, "sent", event, change);
}

void quote_accepted(const v1::QuoteAccepted& m, const RecordedEvent& event, DealChange& change) {
  auto* quote = find_quote(change.row, m.quote());
  if (!quote) return;
  for (auto& other : *change.row.mutable_quotes()) {
    if (other.state() == "accepted") set_state(other, "replaced", event, change);
  }
  set_state(*quote, "accepted", event, change);
}

void quote_rejected(const v1::QuoteRejected& m, const RecordedEvent& event, DealChange& change) {
  if (auto* quote = find_quote(change.row, m.quote())) {
    forget_approval(*quote, change);
    set_state(*quote, "rejected", event, change);
  }
}

void document_added(const v1::DocumentAdded& m, const RecordedEvent& event, DealChange& change) {
  auto& document = *change.row.add_documents();
  document.set_document(m.document());
  document.set_kind(m.kind());
  document.set_added_us(event.occurred.at.us);
  keep_boxes(event, *document.mutable_title());
}

void document_signed(const v1::DocumentSigned& m, const RecordedEvent& event, DealChange& change) {
  for (auto& document : *change.row.mutable_documents()) {
    if (document.document() == m.document()) document.set_signed_us(event.occurred.at.us);
  }
}

void acknowledged(const v1::AcknowledgementGiven& m, const RecordedEvent& event,
                  DealChange& change) {
  auto& all = *change.row.mutable_acknowledgements();
  if (std::ranges::find(all, m.kind(), &v1::AcknowledgementRow::kind) != all.end()) return;
  auto& given = *all.Add();
  given.set_kind(m.kind());
  given.set_at_us(event.occurred.at.us);
}

void invoice_issued(const v1::InvoiceIssued& m, const RecordedEvent& event, DealChange& change) {
  auto& invoice = *change.row.add_invoices();
  invoice.set_invoice(m.invoice());
  invoice.set_number(m.number());
  invoice.set_kind(m.kind());
  invoice.set_state("issued");
  *invoice.mutable_amount() = m.amount();
  invoice.mutable_paid()->set_currency(m.amount().currency());
  invoice.set_due_date(m.due_date());
  invoice.set_overdue_us(m.overdue_at());
  invoice.set_issued_us(event.occurred.at.us);
  keep_boxes(event, *invoice.mutable_lines());
  change.card = true;
}

void invoice_sent(const v1::InvoiceSent& m, const RecordedEvent& event, DealChange& change) {
  auto* invoice = find_invoice(change.row, m.invoice());
  if (!invoice) return;
  invoice->set_state("sent");
  invoice->set_sent_us(event.occurred.at.us);
}

void invoice_voided(const v1::InvoiceVoided& m, const RecordedEvent&, DealChange& change) {
  auto* invoice = find_invoice(change.row, m.invoice());
  if (!invoice) return;
  invoice->set_state("voided");
  change.card = true;
}

void count_paid(DealChange& change, const std::string& invoice, const std::string& currency,
                std::int64_t minor) {
  auto& paid = *change.row.mutable_paid();
  if (paid.currency().empty()) paid.set_currency(currency);
  paid.set_minor(paid.minor() + minor);
  if (auto* named = find_invoice(change.row, invoice)) {
    named->mutable_paid()->set_minor(named->paid().minor() + minor);
  }
  change.card = true;
}

void payment_allocated(const v1::PaymentAllocated& m, const RecordedEvent&, DealChange& change) {
  count_paid(change, m.invoice(), m.amount().currency(), m.amount().minor());
}

void refund_allocated(const v1::RefundAllocated& m, const RecordedEvent&, DealChange& change) {
  count_paid(change, m.invoice(), m.amount().currency(), -m.amount().minor());
}

}  // namespace

void add_commerce_handlers(DealHandlers& handlers) {
  handlers.on<&quote_drafted>()
      .on<&quote_revised>()
      .on<&quote_submitted>()
      .on<&quote_approved>()
      .on<&quote_sent>()
      .on<&quote_accepted>()
      .on<&quote_rejected>()
      .on<&document_added>()
      .on<&document_signed>()
      .on<&acknowledged>()
      .on<&invoice_issued>()
      .on<&invoice_sent>()
      .on<&invoice_voided>()
      .on<&payment_allocated>()
      .on<&refund_allocated>();
}

}  // namespace dealog::views
