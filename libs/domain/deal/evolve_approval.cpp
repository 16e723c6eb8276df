// What prices and approvals make of the state.
#include <algorithm>

#include "dealog/v1/price_events.pb.h"
#include "libs/domain/deal/evolve.hpp"
#include "libs/domain/deal/state.hpp"

namespace dealog::deal {
namespace {

// Of that revision; null when the quote has gone on.
template <class M>
Quote* find_quote(State& state, const M& event, const std::string& id) {
  const auto found = std::ranges::find(state.quotes, id_from_text<QuoteId>(id), &Quote::id);
  if (found == state.quotes.end() || found->revision != event.revision()) return nullptr;
  return &*found;
}

// Null for a step that there is not.
QuoteStep* step_of(Quote* quote, std::uint32_t step) {
  if (!quote || step == 0 || step > quote->steps.size()) return nullptr;
  return &quote->steps[step - 1];
}

void apply(State& state, const v1::LinesPriced& event, const Frame&) {
  Quote* quote = find_quote(state, event, event.subject());
  if (!quote) return;
  quote->allowed_basis_points = event.allowed_basis_points();
  quote->author_role = event.author_role();
  quote->below_floor = event.below_floor();
}

void apply(State& state, const v1::ApprovalRequested& event, const Frame&) {
  Quote* quote = find_quote(state, event, event.quote());
  if (!quote) return;
  quote->steps.clear();
  for (const auto& step : event.steps()) {
    quote->steps.push_back({.role = step.role(),
                            .within_minutes = step.within_minutes(),
                            .business = step.business(),
                            .due_at = {step.due_at()}});
  }
}

void apply(State& state, const v1::ApprovalGiven& event, const Frame&) {
  Quote* quote = find_quote(state, event, event.quote());
  QuoteStep* step = step_of(quote, event.step());
  if (!step) return;
  step->given = true;
  if (QuoteStep* next = step_of(quote, event.step() + 1)) next->due_at = {event.next_due_at()};
}

void apply(State& state, const v1::ApprovalDeclined& event, const Frame&) {
  Quote* quote = find_quote(state, event, event.quote());
  if (!quote) return;
  quote->declined_revision = event.revision();
  quote->submitted_revision = 0;
  quote->steps.clear();
  if (quote->state == QuoteState::kSubmitted) quote->state = QuoteState::kDraft;
}

void apply(State& state, const v1::ApprovalEscalated& event, const Frame&) {
  if (QuoteStep* step = step_of(find_quote(state, event, event.quote()), event.step())) {
    step->escalated = true;
  }
}

constexpr auto kApply = [](State& state, const auto& event, const Frame& frame) {
  apply(state, event, frame);
};

}  // namespace

void add_approval_appliers(Appliers& appliers) {
  add_appliers<kApply, v1::LinesPriced, v1::ApprovalRequested, v1::ApprovalGiven,
               v1::ApprovalDeclined, v1::ApprovalEscalated>(appliers);
}

}  // namespace dealog::deal
