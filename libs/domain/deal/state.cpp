#include "libs/domain/deal/state.hpp"

#include <algorithm>

#include "libs/domain/deal/vocabulary.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::deal {
namespace {

template <class T, class Id>
const T* find_id(const std::vector<T>& things, const Id& id) {
  const auto found = std::ranges::find(things, id, &T::id);
  return found == things.end() ? nullptr : &*found;
}

}  // namespace

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::kOpen:
      return "open";
    case Outcome::kWon:
      return "won";
    case Outcome::kLost:
      return "lost";
  }
  return "";
}

std::string_view quote_state_name(QuoteState state) {
  switch (state) {
    case QuoteState::kDraft:
      return "draft";
    case QuoteState::kSubmitted:
      return "submitted";
    case QuoteState::kApproved:
      return "approved";
    case QuoteState::kSent:
      return "sent";
    case QuoteState::kAccepted:
      return "accepted";
    case QuoteState::kRejected:
      return "rejected";
    case QuoteState::kReplaced:
      return "replaced";
  }
  return "";
}

std::string_view next_step_name(NextStep step) {
  switch (step) {
    case NextStep::kNone:
      return "none";
    case NextStep::kOverdue:
      return "overdue";
    case NextStep::kToday:
      return "today";
    case NextStep::kPlanned:
      return "planned";
  }
  return "";
}

std::optional<std::size_t> Quote::waiting_step() const {
  if (!in_force() || !submitted() || approved()) return std::nullopt;
  const auto found = std::ranges::find(steps, false, &QuoteStep::given);
  if (found == steps.end()) return std::nullopt;
  return static_cast<std::size_t>(found - steps.begin());
}

const std::string& State::stage() const {
  static const std::string kNoStage;
  return visits.empty() ? kNoStage : visits.back().stage;
}

Timestamp State::entered_at() const {
  return visits.empty() ? Timestamp{} : visits.back().entered_at;
}

std::uint32_t State::visit_at(Timestamp instant) const {
  // Most touches belong to the running visit, so the search starts at the end.
  auto number = visit();
  while (number > 1 && visits[number - 1].entered_at > instant) --number;
  return number;
}

const Participant* State::contact() const {
  const auto found = std::ranges::find(participants, kContactRole, &Participant::role);
  if (found != participants.end()) return &*found;
  return participants.empty() ? nullptr : &participants.front();
}

const OpenTask* State::open_task(const TaskId& id) const { return find_id(open_tasks, id); }
const Quote* State::quote(const QuoteId& id) const { return find_id(quotes, id); }
const Invoice* State::invoice(const InvoiceId& id) const { return find_id(invoices, id); }
const Document* State::document(const DocumentId& id) const { return find_id(documents, id); }

const Quote* State::accepted_quote() const {
  const auto found = std::ranges::find(quotes, QuoteState::kAccepted, &Quote::state);
  return found == quotes.end() ? nullptr : &*found;
}

const Quote* State::quote_in_force() const {
  if (const Quote* accepted = accepted_quote()) return accepted;
  const auto found = std::find_if(quotes.rbegin(), quotes.rend(),
                                  [](const Quote& quote) { return quote.in_force(); });
  return found == quotes.rend() ? nullptr : &*found;
}

const std::string* State::custom_value(std::string_view code) const {
  const auto found = std::ranges::lower_bound(custom, code, {}, &CustomValue::code);
  return found != custom.end() && found->code == code ? &found->value : nullptr;
}

Money State::agreed() const {
  const Quote* accepted = accepted_quote();
  return accepted ? accepted->total : amount;
}

Money State::invoiced() const {
  Money sum{0, fixed_currency};
  for (const Invoice& invoice : invoices) {
    if (invoice.live()) sum.minor += invoice.amount.minor;  // bounded when they are issued
  }
  return sum;
}

Money State::paid() const { return {paid_minor, fixed_currency}; }

Money State::balance() const {
  const Money total = agreed();
  return {total.minor - paid_minor, total.currency.empty() ? fixed_currency : total.currency};
}

std::int32_t State::prepayment_basis_points(const rules::Regulation& regulation) const {
  const Quote* quote_now = quote_in_force();
  if (quote_now && quote_now->prepayment_basis_points >= 0) {
    return quote_now->prepayment_basis_points;
  }
  return regulation.prepayment_basis_points;
}

Money State::required_prepayment(const rules::Regulation& regulation) const {
  return share_of(agreed(), prepayment_basis_points(regulation));
}

Currency State::currency(const rules::Regulation& regulation) const {
  if (!fixed_currency.empty()) return fixed_currency;
  return amount.currency.empty() ? regulation.currency : amount.currency;
}

NextStep State::next_step(Timestamp now, TaskId* task) const {
  const auto due = [](const OpenTask& t) {
    return t.overdue_at.is_zero() ? Timestamp{INT64_MAX} : t.overdue_at;
  };
  const auto next = std::ranges::min_element(open_tasks, {}, due);
  if (next == open_tasks.end()) return NextStep::kNone;
  if (task) *task = next->id;
  if (next->overdue_at.is_zero()) return NextStep::kPlanned;
  if (next->overdue_at <= now) return NextStep::kOverdue;
  return next->today_from <= now ? NextStep::kToday : NextStep::kPlanned;
}

}  // namespace dealog::deal
