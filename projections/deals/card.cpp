#include "projections/deals/card.hpp"

#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

void add_tasks(const v1::DealRow& row, v1::CardRow& card) {
  for (const auto& task : row.tasks()) {
    auto& entry = *card.add_tasks();
    entry.set_task(task.task());
    entry.set_kind(task.kind());
    entry.set_assignee(task.assignee());
    entry.set_overdue_us(task.due().overdue_at());
    entry.set_today_from_us(task.due().today_at());
  }
}

void add_invoices(const v1::DealRow& row, v1::CardRow& card) {
  // Nobody waits for the money of a deal that was lost.
  if (row.outcome() == "lost") return;
  for (const auto& invoice : row.invoices()) {
    if (outstanding_of(invoice) <= 0) continue;
    auto& entry = *card.add_invoices();
    entry.set_invoice(invoice.invoice());
    entry.set_overdue_us(invoice.overdue_us());
    entry.mutable_outstanding()->set_minor(outstanding_of(invoice));
    entry.mutable_outstanding()->set_currency(invoice.amount().currency());
  }
}

}  // namespace

const v1::QuoteRow* accepted_quote(const v1::DealRow& row) {
  for (const auto& quote : row.quotes()) {
    if (quote.state() == "accepted") return &quote;
  }
  return nullptr;
}

const v1::QuoteRow* quote_in_force(const v1::DealRow& row) {
  if (const auto* accepted = accepted_quote(row)) return accepted;
  for (int i = row.quotes_size() - 1; i >= 0; --i) {
    const auto& quote = row.quotes(i);
    if (quote.state() != "rejected" && quote.state() != "replaced") return &quote;
  }
  return nullptr;
}

v1::Money agreed_of(const v1::DealRow& row) {
  const auto* accepted = accepted_quote(row);
  return accepted ? accepted->total() : row.amount();
}

std::int64_t outstanding_of(const v1::InvoiceRow& invoice) {
  return invoice.state() == "voided" ? 0 : invoice.amount().minor() - invoice.paid().minor();
}

v1::CardRow card_of(const v1::DealRow& row) {
  v1::CardRow card;
  card.set_deal(row.deal());
  card.set_pipeline(row.pipeline());
  card.set_stage(row.stage());
  card.set_outcome(row.outcome());
  card.set_owner(row.owner());
  card.set_source(row.source());
  if (const auto agreed = agreed_of(row); !agreed.currency().empty())
    *card.mutable_value() = agreed;
  card.set_stage_entered_us(row.stage_entered_us());
  card.set_stuck_us(row.stuck_us());
  if (row.answered_us() == 0) card.set_answer_by_us(row.answer_by_us());
  card.set_opened_us(row.opened_us());
  card.set_closed_us(row.closed_us());
  card.set_no_task_since_us(row.no_task_since_us());
  add_tasks(row, card);
  add_invoices(row, card);
  if (const auto* quote = quote_in_force(row)) {
    card.set_quote(quote->quote());
    if (quote->state() == "sent") card.set_quote_sent_us(quote->changed_us());
    card.set_quote_submitted_us(quote->submitted_us());
  }
  for (const auto& participant : row.participants()) card.add_people(participant.person());
  card.set_company(row.company());
  return card;
}

std::string_view card_place(const v1::DealRow& row) {
  if (row.outcome() == "open" || row.tasks_size() > 0) return row_keys::kActiveCard;
  if (row.outcome() == "lost") return row_keys::kArchivedCard;
  for (const auto& invoice : row.invoices()) {
    if (outstanding_of(invoice) > 0) return row_keys::kActiveCard;
  }
  return row_keys::kArchivedCard;
}

NextStepState state_of(std::int64_t today_from_us, std::int64_t overdue_us, Timestamp at) {
  if (overdue_us == 0) return NextStepState::kPlanned;
  if (is_reached(overdue_us, at)) return NextStepState::kOverdue;
  return today_from_us <= at.us ? NextStepState::kToday : NextStepState::kPlanned;
}

NextStep next_step_of(const v1::CardRow& card, Timestamp at) {
  if (card.tasks().empty()) return {};
  const auto& next = card.tasks(0);
  return {state_of(next.today_from_us(), next.overdue_us(), at), next.task()};
}

Result<void> visit_cards(const ViewReader& rows, std::string_view place, ScanOrder order,
                         const CardVisitor& visit) {
  return visit_rows<v1::CardRow>(rows, place, order, visit);
}

}  // namespace dealog::views
