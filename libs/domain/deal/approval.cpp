#include "libs/domain/deal/approval.hpp"

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "libs/base/assert.hpp"

namespace dealog::deal {
namespace {

constexpr std::string_view kRule = "discount_policy";

Timestamp due_of(const QuoteStep& step, const Context& context) {
  if (step.within_minutes == 0) return {};
  const rules::TimeLimit limit{std::chrono::minutes(step.within_minutes), step.business};
  return limit.after(context.now, context.regulation->calendar);
}

v1::ApprovalRequested requested(const Quote& quote, const std::vector<rules::ApprovalStep>& steps,
                                const Context& context) {
  v1::ApprovalRequested event;
  event.set_quote(quote.id.text());
  event.set_revision(quote.revision);
  event.set_discount_basis_points(quote.highest_discount_basis_points);
  event.set_below_floor(quote.below_floor);
  event.set_regulation_version(context.regulation->version);
  for (const rules::ApprovalStep& step : steps) {
    v1::ApprovalStep* out = event.add_steps();
    out->set_role(step.by);
    out->set_above_basis_points(step.above_basis_points);
    if (!step.within) continue;
    out->set_within_minutes(static_cast<std::uint32_t>(step.within->amount.count()));
    out->set_business(step.within->business);
    if (event.steps_size() == 1) {
      out->set_due_at(step.within->after(context.now, context.regulation->calendar).us);
    }
  }
  return event;
}

const Quote& quote_of(const Decision& decision, const QuoteId& id) {
  const Quote* quote = decision.state().quote(id);
  DEALOG_ASSERT(quote != nullptr);
  return *quote;
}

// Where the regulation names nobody, whoever may override decides.
Result<bool> approve_by_right(Decision& decision, const Quote& quote, const std::string& comment) {
  TRY(require_right(decision.context().may_override, "override", decision.context()));
  if (comment.empty()) return true;
  v1::ApprovalGiven event;
  event.set_quote(quote.id.text());
  event.set_revision(quote.revision);
  event.set_role(actor_role(decision.context()));
  event.set_comment(comment);
  decision.add(std::move(event));
  return true;
}

}  // namespace

rules::AskedDiscount asked_discount(const Quote& quote, const rules::Regulation& regulation) {
  return {.basis_points = quote.highest_discount_basis_points,
          .below_floor = quote.below_floor,
          .allowed = quote.allowed_basis_points >= 0 ? quote.allowed_basis_points
                                                     : regulation.discount_basis_points,
          .author_role = quote.author_role};
}

bool needs_approval(const Quote& quote, const rules::Regulation& regulation) {
  return regulation.discounts.needs_approval(asked_discount(quote, regulation));
}

void add_prices(Decision& decision, const QuoteId& id, std::uint32_t revision, PricedLines priced,
                std::size_t cause) {
  const rules::Regulation& regulation = decision.regulation();
  if (!priced.tells_prices && regulation.discounts.roles.empty()) return;
  v1::LinesPriced event = lines_priced(id.text(), revision, priced);
  const std::string role = actor_role(decision.context());
  event.set_author_role(role);
  event.set_allowed_basis_points(
      regulation.discounts.allowed(role, regulation.discount_basis_points));
  decision.add(std::move(event), {.caused_by = cause});
}

std::size_t request_approval(Decision& decision, const QuoteId& id, Envelope envelope) {
  const Quote quote = quote_of(decision, id);
  const auto steps =
      decision.regulation().discounts.needed(asked_discount(quote, decision.regulation()));
  v1::QuoteSubmitted event;
  event.set_quote(id.text());
  event.set_revision(quote.revision);
  const std::size_t index = decision.add(std::move(event), std::move(envelope));
  if (!steps.empty()) {
    decision.add(requested(quote, steps, decision.context()),
                 {.caused_by = index, .rule = std::string(kRule)});
  }
  return index;
}

Result<bool> give_steps(Decision& decision, const QuoteId& id, const std::string& comment) {
  const Context& context = decision.context();
  const auto needed = [&] {
    return decision.regulation().discounts.needed(
        asked_discount(quote_of(decision, id), decision.regulation()));
  };
  // Whoever approves what nobody submitted asks for it by that.
  if (!quote_of(decision, id).submitted() && !needed().empty()) request_approval(decision, id);
  const Quote quote = quote_of(decision, id);
  if (quote.steps.empty()) return approve_by_right(decision, quote, comment);
  const std::string role = actor_role(context);
  bool gave = false;
  for (std::size_t i = 0; i < quote.steps.size(); ++i) {
    if (quote.steps[i].given) continue;
    const int needs = rules::rank_of(quote.steps[i].role);
    if (rules::rank_of(role) < needs) {
      if (gave) return false;
      return refuse(context, ErrorKind::kForbidden, "role_missing",
                    fmt::format("эту скидку согласует {} или старший", quote.steps[i].role),
                    fmt::format("this discount is approved by a user whose role is {} or above",
                                quote.steps[i].role));
    }
    v1::ApprovalGiven event;
    event.set_quote(id.text());
    event.set_revision(quote.revision);
    event.set_step(static_cast<std::uint32_t>(i + 1));
    event.set_role(role);
    if (!gave) event.set_comment(comment);
    if (i + 1 < quote.steps.size()) {
      event.set_next_due_at(due_of(quote.steps[i + 1], context).us);
    }
    decision.add(std::move(event));
    gave = true;
  }
  return true;
}

}  // namespace dealog::deal
