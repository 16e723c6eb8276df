// Quotes, invoices and money, as triggers see them.
#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/document_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

using rules::TriggerKind;

template <class Quote>
void quote_happened(DealRules& deal, const Quote& m, std::string_view state) {
  deal.happened(TriggerKind::kQuote, {.state = state}, m.quote());
}

// ---- discounts: the policy is judged by what the event says, and by the prices told after it ----

void over_policy(DealRules& deal, const std::string& quote) {
  deal.happened(TriggerKind::kDiscount, {.state = "over_policy"}, quote);
}

rules::AskedDiscount asked_by_anybody(const DealRules& deal, std::int32_t discount) {
  return {.basis_points = discount, .allowed = deal.regulation()->discount_basis_points};
}

// Where the policy names roles, what the author may grant stands in LinesPriced, which follows in
// the same append; of a quote from before it named any, nothing does.
bool prices_follow(const DealRules& deal) {
  const RecordedEvent& event = deal.event();
  return !deal.regulation()->discounts.roles.empty() && event.append_index + 1 < event.append_count;
}

template <class Contents>
void discount_given(DealRules& deal, const Contents& m) {
  if (!deal.listens(TriggerKind::kDiscount)) return;
  const std::int32_t discount = m.highest_discount_basis_points();
  deal.edit().set_quote(m.quote());
  deal.edit().set_quote_discount_basis_points(discount);
  const auto& policy = deal.regulation()->discounts;
  if (prices_follow(deal)) return;
  if (policy.needs_approval(asked_by_anybody(deal, discount))) over_policy(deal, m.quote());
}

void lines_priced(const v1::LinesPriced& m, const RecordedEvent&, DealRules& deal) {
  if (!deal.listens(TriggerKind::kDiscount) || m.subject() != deal.row().quote()) return;
  const auto& policy = deal.regulation()->discounts;
  auto asked = asked_by_anybody(deal, deal.row().quote_discount_basis_points());
  const bool told_before = policy.roles.empty() && policy.needs_approval(asked);
  asked.below_floor = m.below_floor();
  asked.author_role = m.author_role();
  if (!policy.roles.empty()) asked.allowed = policy.allowed(m.author_role(), asked.allowed);
  if (!told_before && policy.needs_approval(asked)) over_policy(deal, m.subject());
}

// ---- until when quotes are valid ----

int find_quote(const v1::RuleDealRow& row, const std::string& id) {
  for (int i = 0; i < row.quotes_size(); ++i) {
    if (row.quotes(i).quote() == id) return i;
  }
  return -1;
}

void forget_quote(DealRules& deal, const std::string& id) {
  deal.cancel(TriggerKind::kQuoteExpired, id);
  const int place = find_quote(deal.row(), id);
  if (place >= 0) deal.edit().mutable_quotes()->DeleteSubrange(place, 1);
}

// As it is drafted or revised: it waits for an answer once it is sent, again.
template <class Contents>
void keep_validity(DealRules& deal, const Contents& m) {
  forget_quote(deal, m.quote());
  if (m.valid_until().empty()) return;
  auto& quote = *deal.edit().add_quotes();
  quote.set_quote(m.quote());
  quote.set_valid_until(m.valid_until());
}

void quote_drafted(const v1::QuoteDrafted& m, const RecordedEvent&, DealRules& deal) {
  keep_validity(deal, m);
  quote_happened(deal, m, "drafted");
  discount_given(deal, m);
}
void quote_revised(const v1::QuoteRevised& m, const RecordedEvent&, DealRules& deal) {
  deal.cancel(TriggerKind::kQuoteSilent, m.quote());
  keep_validity(deal, m);
  quote_happened(deal, m, "revised");
  discount_given(deal, m);
}
void quote_submitted(const v1::QuoteSubmitted& m, const RecordedEvent&, DealRules& deal) {
  quote_happened(deal, m, "submitted");
}
void quote_approved(const v1::QuoteApproved& m, const RecordedEvent&, DealRules& deal) {
  quote_happened(deal, m, "approved");
}
void quote_sent(const v1::QuoteSent& m, const RecordedEvent& event, DealRules& deal) {
  deal.cancel(TriggerKind::kQuoteSilent, m.quote());
  quote_happened(deal, m, "sent");
  const int place = find_quote(deal.row(), m.quote());
  if (place >= 0) deal.edit().mutable_quotes(place)->set_sent(true);
  if (!deal.row().open()) return;
  deal.start(TriggerKind::kQuoteSilent, when(event), m.quote());
  start_expiry(deal, m.quote());
}
// Another quote is replaced by the accepted one: about none of them anybody is silent any more.
void quote_accepted(const v1::QuoteAccepted& m, const RecordedEvent&, DealRules& deal) {
  deal.cancel([](const v1::PendingRuleRef& ref) {
    return is_kind(ref, TriggerKind::kQuoteSilent) || is_kind(ref, TriggerKind::kQuoteExpired);
  });
  if (!deal.row().quotes().empty()) deal.edit().clear_quotes();
  quote_happened(deal, m, "accepted");
}
void quote_rejected(const v1::QuoteRejected& m, const RecordedEvent&, DealRules& deal) {
  deal.cancel(TriggerKind::kQuoteSilent, m.quote());
  forget_quote(deal, m.quote());
  quote_happened(deal, m, "rejected");
}
void document_viewed(const v1::DocumentViewed& m, const RecordedEvent&, DealRules& deal) {
  if (m.kind() == "quote") deal.happened(TriggerKind::kQuote, {.state = "viewed"}, m.subject());
}

int find_invoice(const v1::RuleDealRow& row, const std::string& id) {
  for (int i = 0; i < row.invoices_size(); ++i) {
    if (row.invoices(i).invoice() == id) return i;
  }
  return -1;
}

std::string kind_of(const v1::RuleDealRow& row, const std::string& id) {
  const int place = find_invoice(row, id);
  return place < 0 ? std::string() : row.invoices(place).kind();
}

void start_overdue(DealRules& deal, const v1::RuleInvoiceRow& invoice) {
  if (!deal.row().open()) return;
  deal.start(TriggerKind::kInvoiceOverdue, {invoice.overdue_us()}, invoice.invoice(),
             invoice.kind());
}

void invoice_issued(const v1::InvoiceIssued& m, const RecordedEvent&, DealRules& deal) {
  auto& invoice = *deal.edit().add_invoices();
  invoice.set_invoice(m.invoice());
  invoice.set_kind(m.kind());
  invoice.set_outstanding_minor(m.amount().minor());
  invoice.set_overdue_us(m.overdue_at());
  deal.happened(TriggerKind::kInvoice, {.code = m.kind(), .state = "issued"}, m.invoice());
  start_overdue(deal, invoice);
}

void invoice_sent(const v1::InvoiceSent& m, const RecordedEvent&, DealRules& deal) {
  const std::string kind = kind_of(deal.row(), m.invoice());
  deal.happened(TriggerKind::kInvoice, {.code = kind, .state = "sent"}, m.invoice());
}

void invoice_voided(const v1::InvoiceVoided& m, const RecordedEvent&, DealRules& deal) {
  const std::string kind = kind_of(deal.row(), m.invoice());
  const int place = find_invoice(deal.row(), m.invoice());
  if (place >= 0) deal.edit().mutable_invoices()->DeleteSubrange(place, 1);
  deal.cancel(TriggerKind::kInvoiceOverdue, m.invoice());
  deal.happened(TriggerKind::kInvoice, {.code = kind, .state = "voided"}, m.invoice());
}

void payment_allocated(const v1::PaymentAllocated& m, const RecordedEvent&, DealRules& deal) {
  deal.happened(TriggerKind::kPayment, {.state = "received"}, m.payment());
  const int place = find_invoice(deal.row(), m.invoice());
  if (place < 0) return;
  auto& invoice = *deal.edit().mutable_invoices(place);
  const bool was_due = invoice.outstanding_minor() > 0;
  invoice.set_outstanding_minor(invoice.outstanding_minor() - m.amount().minor());
  if (!was_due || invoice.outstanding_minor() > 0) return;
  deal.cancel(TriggerKind::kInvoiceOverdue, m.invoice());
  deal.happened(TriggerKind::kInvoice, {.code = invoice.kind(), .state = "paid"}, m.invoice());
}

void payment_unmatched(const v1::PaymentUnmatched& m, const RecordedEvent&, DealRules& deal) {
  deal.happened(TriggerKind::kPayment, {.state = "unmatched"}, m.payment());
}

void signal_received(const v1::SignalReceived& m, const RecordedEvent&, DealRules& deal) {
  deal.happened(TriggerKind::kSignal, {.code = m.signal()});
}

void refund_allocated(const v1::RefundAllocated& m, const RecordedEvent& event, DealRules& deal) {
  const int place = find_invoice(deal.row(), m.invoice());
  if (place < 0) return;
  auto& invoice = *deal.edit().mutable_invoices(place);
  const bool was_paid = invoice.outstanding_minor() <= 0;
  invoice.set_outstanding_minor(invoice.outstanding_minor() + m.amount().minor());
  // What is owed again after its day was overdue once; only what still comes is waited for.
  const bool comes = invoice.overdue_us() > when(event).us;
  if (was_paid && invoice.outstanding_minor() > 0 && comes) start_overdue(deal, invoice);
}

}  // namespace

void start_expiry(DealRules& deal, const std::string& id) {
  const int place = find_quote(deal.row(), id);
  if (place < 0 || !deal.row().quotes(place).sent()) return;
  const auto day = Date::parse(deal.row().quotes(place).valid_until());
  if (day) deal.start_end_of_day(TriggerKind::kQuoteExpired, *day, id);
}

void add_rule_commerce_handlers(DealRuleHandlers& handlers) {
  handlers.on<&quote_drafted>()
      .on<&quote_revised>()
      .on<&lines_priced>()
      .on<&quote_submitted>()
      .on<&quote_approved>()
      .on<&quote_sent>()
      .on<&quote_accepted>()
      .on<&quote_rejected>()
      .on<&document_viewed>()
      .on<&invoice_issued>()
      .on<&invoice_sent>()
      .on<&invoice_voided>()
      .on<&payment_allocated>()
      .on<&payment_unmatched>()
      .on<&signal_received>()
      .on<&refund_allocated>();
}

}  // namespace dealog::views
