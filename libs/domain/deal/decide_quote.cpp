// Commercial proposals: drafted, revised, approved by somebody else, sent, accepted or refused.
#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/assert.hpp"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automatic_invoice.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

Result<PricedLines> check_contents(const State& state, const QuoteContents& contents,
                                   const Context& context) {
  const Currency currency = state.currency(*context.regulation);
  InputCheck check(context.language);
  check_lines(contents.lines, currency, "/lines", check);
  const auto& prepayment = contents.prepayment_basis_points;
  if (prepayment && (*prepayment < 0 || *prepayment > 10'000)) {
    check.add("/prepayment_percent", "out_of_range", "от 0 до 100 процентов",
              "from 0 to 100 percent");
  }
  const Date today = TRY(local_date(context.now, context.regulation->calendar.time_zone));
  if (contents.valid_until && *contents.valid_until < today) {
    check.add("/valid_until", "out_of_range", "этот день уже прошёл", "this day is over");
  }
  TRY(check.result());
  return price_lines(contents.lines, currency);
}

template <class M>
M contents_event(const QuoteId& id, std::uint32_t revision, const QuoteContents& contents,
                 PricedLines priced) {
  M event;
  event.set_quote(id.text());
  event.set_revision(revision);
  event.mutable_lines()->Swap(&priced.lines);
  put_money(event.mutable_total(), priced.total);
  event.set_prepayment_basis_points(contents.prepayment_basis_points.value_or(-1));
  event.set_highest_discount_basis_points(priced.highest_discount_basis_points);
  if (contents.valid_until) event.set_valid_until(contents.valid_until->text());
  return event;
}

template <class M>
M quote_event(const Quote& quote) {
  M event;
  event.set_quote(quote.id.text());
  event.set_revision(quote.revision);
  return event;
}

struct StateWords {
  std::string_view state, ru, en;
};
constexpr StateWords kStateWords[] = {
    {"draft", "это КП — ещё черновик", "this quote is a draft still"},
    {"submitted", "это КП уже ждёт утверждения", "this quote waits for its approval already"},
    {"approved", "это КП уже утверждено", "this quote is approved already"},
    {"sent", "это КП уже отправлено клиенту", "this quote was sent to the customer already"},
    {"accepted", "это КП уже принято клиентом", "the customer has accepted this quote already"},
    {"rejected", "клиент отказался от этого КП; измените его, чтобы предложить снова",
     "the customer refused this quote; revise it to offer it again"},
    {"replaced", "вместо этого КП принято другое", "another quote was accepted in its place"}};

std::unexpected<Error> wrong_state(std::string_view state, const Context& context) {
  const auto* words = std::ranges::find(kStateWords, state, &StateWords::state);
  DEALOG_ASSERT(words != std::end(kStateWords));
  return refuse(context, ErrorKind::kConflict, fmt::format("quote_{}", state), words->ru,
                words->en);
}

Result<const Quote*> find_quote(const State& state, const QuoteId& id, const Context& context) {
  TRY(require_open(state, context));
  if (const Quote* quote = state.quote(id)) return quote;
  return refuse(context, ErrorKind::kNotFound, "quote_not_found", "у сделки нет такого КП",
                "the deal has no such quote");
}

// One that is neither rejected nor replaced.
Result<const Quote*> find_in_force(const State& state, const QuoteId& id, const Context& context) {
  const Quote* quote = TRY(find_quote(state, id, context));
  if (!quote->in_force()) return wrong_state(quote_state_name(quote->state), context);
  return quote;
}

}  // namespace

Result<Events> decide(const State& state, const DraftQuote& command, const Context& context) {
  TRY(require_open(state, context));
  PricedLines priced = TRY(check_contents(state, command.contents, context));
  if (state.quotes.size() >= kQuotes) return too_many(context, "quotes", kQuotes);
  const QuoteId id = command.id.is_nil() ? context.ids->make<QuoteId>() : command.id;
  return single(contents_event<v1::QuoteDrafted>(id, 1, command.contents, std::move(priced)),
                {open_tag(id.text())});
}

Result<Events> decide(const State& state, const ReviseQuote& command, const Context& context) {
  const Quote* quote = TRY(find_quote(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted || quote->state == QuoteState::kReplaced) {
    return wrong_state(quote_state_name(quote->state), context);
  }
  PricedLines priced = TRY(check_contents(state, command.contents, context));
  return single(contents_event<v1::QuoteRevised>(quote->id, quote->revision + 1, command.contents,
                                                 std::move(priced)));
}

Result<Events> decide(const State& state, const SubmitQuote& command, const Context& context) {
  const Quote* quote = TRY(find_in_force(state, command.quote, context));
  if (quote->approved()) return wrong_state("approved", context);
  if (quote->submitted()) return wrong_state("submitted", context);
  return single(quote_event<v1::QuoteSubmitted>(*quote));
}

Result<Events> decide(const State& state, const ApproveQuote& command, const Context& context) {
  const Quote* quote = TRY(find_in_force(state, command.quote, context));
  if (quote->approved()) return wrong_state("approved", context);
  if (quote->author == context.actor) {
    return refuse(context, ErrorKind::kForbidden, "own_quote", "своё КП утверждает кто-то другой",
                  "somebody else has to approve your own quote");
  }
  Decision decision(state, context);
  const std::size_t index = decision.add(quote_event<v1::QuoteApproved>(*quote));
  if (quote->state == QuoteState::kAccepted) {  // which waited for the approval
    TRY(issue_prepayment_invoice(decision, index));
    TRY(settle(decision, index));
  }
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const SendQuote& command, const Context& context) {
  const Quote* quote = TRY(find_in_force(state, command.quote, context));
  if (quote->state >= QuoteState::kSent) {
    return wrong_state(quote_state_name(quote->state), context);
  }
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  Decision decision(state, context);
  const std::size_t index =
      decision.add(quote_event<v1::QuoteSent>(*quote), {.occurred = std::move(occurred)});
  // The lamp of waiting approvals lights though nobody thought of asking.
  const bool over_policy =
      quote->highest_discount_basis_points > context.regulation->discount_basis_points;
  if (over_policy && !quote->approved() && !quote->submitted()) {
    decision.add(quote_event<v1::QuoteSubmitted>(*quote),
                 {.caused_by = index, .rule = "discount_policy"});
  }
  if (const auto& follow_up = context.regulation->follow_up) {
    TRY(create_task(decision, *follow_up, index, "follow_up"));
  }
  TRY(create_tasks_due_by_now(decision, index));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const AcceptQuote& command, const Context& context) {
  const Quote* quote = TRY(find_in_force(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted) return wrong_state("accepted", context);
  if (quote->state != QuoteState::kSent) {
    return refuse(context, ErrorKind::kConflict, "quote_not_sent",
                  "КП ещё не отправлено клиенту: сначала отправьте его",
                  "this quote has not been sent to the customer yet: send it first");
  }
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  Decision decision(state, context);
  auto event = quote_event<v1::QuoteAccepted>(*quote);
  put_money(event.mutable_total(), quote->total);
  const std::size_t index = decision.add(std::move(event), {.occurred = std::move(occurred)});
  TRY(create_tasks_due_by_now(decision, index));
  TRY(issue_prepayment_invoice(decision, index));
  TRY(settle(decision, index));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const RejectQuote& command, const Context& context) {
  const Quote* quote = TRY(find_in_force(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted) return wrong_state("accepted", context);
  InputCheck check(context.language);
  check.text(command.reason, "/reason", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  auto event = quote_event<v1::QuoteRejected>(*quote);
  event.set_reason(command.reason);
  return single(std::move(event), {}, std::move(occurred));
}

}  // namespace dealog::deal
