// Approval of a quote's discount: asked for, given by somebody else, declined, escalated.
#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/price_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/approval.hpp"
#include "libs/domain/deal/automatic_invoice.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/decide.hpp"
#include "libs/domain/deal/quote_state.hpp"

namespace dealog::deal {
namespace {

Result<> check_comment(const std::string& comment, Presence presence, const Context& context) {
  InputCheck check(context.language);
  check.text(comment, "/comment", limits::kNoteBytes, presence);
  return check.result();
}

// One that somebody else than its author may decide about.
Result<const Quote*> find_undecided(const State& state, const QuoteId& id, const Context& context) {
  const Quote* quote = TRY(find_quote_in_force(state, id, context));
  if (quote->approved()) return wrong_quote_state("approved", context);
  if (quote->declined()) return wrong_quote_state("declined", context);
  if (quote->author == context.actor) {
    return refuse(context, ErrorKind::kForbidden, "own_quote", "своё КП утверждает кто-то другой",
                  "somebody else has to approve your own quote");
  }
  return quote;
}

// Whoever may pass the step that waits may also say no. Returns its number, 0 without steps.
Result<std::uint32_t> step_to_decline(const Quote& quote, const Context& context) {
  const auto waiting = quote.waiting_step();
  if (!waiting) {
    TRY(require_right(context.may_override, "override", context));
    return 0;
  }
  const std::string& role = quote.steps[*waiting].role;
  if (rules::rank_of(actor_role(context)) < rules::rank_of(role)) {
    return refuse(context, ErrorKind::kForbidden, "role_missing",
                  "об этой скидке решает " + role + " или старший",
                  "this discount is decided by a user whose role is " + role + " or above");
  }
  return static_cast<std::uint32_t>(*waiting + 1);
}

}  // namespace

Result<Events> decide(const State& state, const SubmitQuote& command, const Context& context) {
  const Quote* quote = TRY(find_quote_in_force(state, command.quote, context));
  if (quote->approved()) return wrong_quote_state("approved", context);
  if (quote->submitted()) return wrong_quote_state("submitted", context);
  if (quote->declined()) return wrong_quote_state("declined", context);
  Decision decision(state, context);
  request_approval(decision, command.quote);
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const ApproveQuote& command, const Context& context) {
  const Quote* quote = TRY(find_undecided(state, command.quote, context));
  TRY(check_comment(command.comment, Presence::kOptional, context));
  Decision decision(state, context);
  const bool all = TRY(give_steps(decision, command.quote, command.comment));
  if (!all) return std::move(decision).take();
  v1::QuoteApproved event;
  event.set_quote(command.quote.text());
  event.set_revision(quote->revision);
  const std::size_t index = decision.add(std::move(event));
  if (quote->state == QuoteState::kAccepted) {  // which waited for the approval
    TRY(issue_prepayment_invoice(decision, index));
    TRY(settle(decision, index));
  }
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const DeclineQuote& command, const Context& context) {
  const Quote* quote = TRY(find_undecided(state, command.quote, context));
  TRY(check_comment(command.comment, Presence::kRequired, context));
  if (!quote->submitted()) {
    return refuse(context, ErrorKind::kConflict, "quote_not_submitted",
                  "об утверждении этого КП никто не просил",
                  "nobody has asked for the approval of this quote");
  }
  v1::ApprovalDeclined event;
  event.set_step(TRY(step_to_decline(*quote, context)));
  event.set_quote(command.quote.text());
  event.set_revision(quote->revision);
  event.set_role(actor_role(context));
  event.set_comment(command.comment);
  return single(std::move(event));
}

Result<Events> decide(const State& state, const EscalateApproval& command, const Context& context) {
  TRY(require_exists(state, context));
  const Quote* quote = state.is_open() ? state.quote(command.quote) : nullptr;
  if (!quote || quote->revision != command.revision) return Events{};
  const auto waiting = quote->waiting_step();
  if (!waiting || *waiting + 1 != command.step) return Events{};
  const QuoteStep& step = quote->steps[*waiting];
  if (step.escalated || step.due_at.is_zero() || context.now < step.due_at) return Events{};
  v1::ApprovalEscalated event;
  event.set_quote(command.quote.text());
  event.set_revision(command.revision);
  event.set_step(command.step);
  event.set_role(step.role);
  event.set_to_role(std::string(rules::role_above(step.role)));
  event.set_due_at(step.due_at.us);
  Decision decision(state, context);
  decision.add(std::move(event), {.rule = "discount_policy"});
  return std::move(decision).take();
}

}  // namespace dealog::deal
