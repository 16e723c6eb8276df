// Prices of lines, and who has to decide about a discount.
#include <algorithm>

#include "dealog/v1/price_events.pb.h"
#include "dealog/v1/price_views.pb.h"
#include "libs/projection/price_keys.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/deals/deal_change.hpp"

namespace dealog::views {
namespace {

v1::LinesPriceRow& price_row(const std::string& subject, std::uint32_t revision, ViewBatch& batch) {
  auto& row = batch.edit<v1::LinesPriceRow>(row_keys::key(row_keys::kLinesPrice, subject));
  if (row.revision() != revision) row.Clear();  // approval begins anew with each revision
  row.set_subject(subject);
  row.set_revision(revision);
  return row;
}

std::string waiting_key(const std::string& quote) {
  return row_keys::key(row_keys::kWaitingApproval, quote);
}

// Null for a step that there is not.
v1::ApprovalStepRow* step_of(v1::LinesPriceRow& row, std::uint32_t step) {
  const auto place = static_cast<int>(step) - 1;
  return place >= 0 && place < row.steps_size() ? row.mutable_steps(place) : nullptr;
}

// The step that waits from here on.
void begin_step(const v1::LinesPriceRow& prices, std::uint32_t step, const RecordedEvent& event,
                DealChange& change) {
  const auto& begun = prices.steps(static_cast<int>(step) - 1);
  auto& row = change.batch.edit<v1::WaitingApprovalRow>(waiting_key(prices.subject()));
  row.set_role(begun.role());
  row.set_step(step);
  row.set_steps(static_cast<std::uint32_t>(prices.steps_size()));
  row.set_due_us(begun.due_us());
  row.set_escalated(false);
  row.set_asked_us(event.occurred.at.us);
  row.set_cause(std::string(event.id.view()));
  row.set_correlation_id(std::string(event.correlation_id.view()));
  row.set_causation_depth(event.causation_depth);
}

void decide_step(v1::LinesPriceRow& prices, std::uint32_t step, std::string_view state,
                 const RecordedEvent& event) {
  auto* decided = step_of(prices, step);
  if (!decided) return;
  decided->set_state(std::string(state));
  decided->set_decided_us(event.occurred.at.us);
  decided->set_decided_by(event.actor.id);
}

void priced(const v1::LinesPriced& m, const RecordedEvent&, DealChange& change) {
  auto& row = price_row(m.subject(), m.revision(), change.batch);
  *row.mutable_lines() = m.lines();
  row.set_below_floor(m.below_floor());
  const std::string waiting = waiting_key(m.subject());  // it may have begun to wait a moment ago
  if (change.batch.find<v1::WaitingApprovalRow>(waiting) == nullptr) return;
  change.batch.edit<v1::WaitingApprovalRow>(waiting).set_below_floor(m.below_floor());
}

void requested(const v1::ApprovalRequested& m, const RecordedEvent& event, DealChange& change) {
  auto& row = price_row(m.quote(), m.revision(), change.batch);
  row.clear_steps();
  for (const auto& step : m.steps()) {
    auto& out = *row.add_steps();
    out.set_role(step.role());
    out.set_due_us(step.due_at());
  }
  if (row.steps_size() == 0) return;
  row.mutable_steps(0)->set_state("waiting");
  begin_step(row, 1, event, change);
  auto& waiting = change.batch.edit<v1::WaitingApprovalRow>(waiting_key(m.quote()));
  waiting.set_below_floor(m.below_floor());
}

void given(const v1::ApprovalGiven& m, const RecordedEvent& event, DealChange& change) {
  if (m.step() == 0) return;
  auto& row = price_row(m.quote(), m.revision(), change.batch);
  decide_step(row, m.step(), "approved", event);
  auto* next = step_of(row, m.step() + 1);
  if (!next) return;
  next->set_state("waiting");
  next->set_due_us(m.next_due_at());
  begin_step(row, m.step() + 1, event, change);
}

void declined(const v1::ApprovalDeclined& m, const RecordedEvent& event, DealChange& change) {
  auto& row = price_row(m.quote(), m.revision(), change.batch);
  decide_step(row, m.step(), "declined", event);
  auto& quotes = *change.row.mutable_quotes();
  const auto quote = std::ranges::find(quotes, m.quote(), &v1::QuoteRow::quote);
  if (quote == quotes.end()) return;
  forget_approval(*quote, change);
  quote->set_submitted_us(0);
  if (quote->state() == "submitted") quote->set_state("draft");
  change.card = true;
}

void escalated(const v1::ApprovalEscalated& m, const RecordedEvent&, DealChange& change) {
  auto& row = price_row(m.quote(), m.revision(), change.batch);
  if (auto* step = step_of(row, m.step())) step->set_escalated(true);
  change.batch.edit<v1::WaitingApprovalRow>(waiting_key(m.quote())).set_escalated(true);
}

}  // namespace

void await_approval(const v1::QuoteRow& quote, const RecordedEvent& event, DealChange& change) {
  auto& row = change.batch.edit<v1::WaitingApprovalRow>(waiting_key(quote.quote()));
  row.Clear();
  row.set_deal(event.stream);
  row.set_quote(quote.quote());
  row.set_revision(quote.revision());
  *row.mutable_total() = quote.total();
  row.set_discount_basis_points(quote.highest_discount_basis_points());
  const auto* prices =
      change.batch.find<v1::LinesPriceRow>(row_keys::key(row_keys::kLinesPrice, quote.quote()));
  row.set_below_floor(prices != nullptr && prices->revision() == quote.revision() &&
                      prices->below_floor());
  row.set_asked_us(event.occurred.at.us);
  row.set_pipeline(change.row.pipeline());
}

void forget_approval(const v1::QuoteRow& quote, DealChange& change) {
  if (quote.submitted_us() != 0) change.batch.erase(waiting_key(quote.quote()));
}

void add_approval_handlers(DealHandlers& handlers) {
  handlers.on<&priced>().on<&requested>().on<&given>().on<&declined>().on<&escalated>();
}

}  // namespace dealog::views
