// Commercial proposals: drafted, revised, sent, accepted or refused.
#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/approval.hpp"
#include "libs/domain/deal/automatic_invoice.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/quote_state.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

void check_floors(const std::vector<LineInput>& lines, InputCheck& check) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_below_floor(lines[i])) continue;
    const std::string floor = lines[i].listed->floor->decimal();
    check.add(fmt::format("/lines/{}/unit_price", i), "below_floor",
              "ниже минимальной цены товара: " + floor,
              "below the product's floor price: " + floor);
  }
}

Result<PricedLines> check_contents(const State& state, const QuoteContents& contents,
                                   const Context& context) {
  const Currency currency = state.currency(*context.regulation);
  InputCheck check(context.language);
  check_lines(contents.lines, currency, "/lines", check);
  if (context.regulation->discounts.refuse_below_floor) check_floors(contents.lines, check);
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
                 PricedLines& priced) {
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

}  // namespace

Result<Events> decide(const State& state, const DraftQuote& command, const Context& context) {
  TRY(require_open(state, context));
  PricedLines priced = TRY(check_contents(state, command.contents, context));
  if (state.quotes.size() >= kQuotes) return too_many(context, "quotes", kQuotes);
  const QuoteId id = command.id.is_nil() ? context.ids->make<QuoteId>() : command.id;
  Decision decision(state, context);
  const std::size_t index =
      decision.add(contents_event<v1::QuoteDrafted>(id, 1, command.contents, priced),
                   {.tags = {open_tag(id.text())}});
  add_prices(decision, id, 1, std::move(priced), index);
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const ReviseQuote& command, const Context& context) {
  const Quote* quote = TRY(find_quote(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted || quote->state == QuoteState::kReplaced) {
    return wrong_quote_state(quote_state_name(quote->state), context);
  }
  PricedLines priced = TRY(check_contents(state, command.contents, context));
  const std::uint32_t revision = quote->revision + 1;
  Decision decision(state, context);
  const std::size_t index =
      decision.add(contents_event<v1::QuoteRevised>(quote->id, revision, command.contents, priced));
  add_prices(decision, command.quote, revision, std::move(priced), index);
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const SendQuote& command, const Context& context) {
  const Quote* quote = TRY(find_quote_in_force(state, command.quote, context));
  if (quote->state >= QuoteState::kSent) {
    return wrong_quote_state(quote_state_name(quote->state), context);
  }
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  Decision decision(state, context);
  const std::size_t index =
      decision.add(quote_event<v1::QuoteSent>(*quote), {.occurred = std::move(occurred)});
  // The lamp of waiting approvals lights though nobody thought of asking.
  if (needs_approval(*quote, *context.regulation) && !quote->approved() && !quote->submitted() &&
      !quote->declined()) {
    request_approval(decision, command.quote, {.caused_by = index, .rule = "discount_policy"});
  }
  if (const auto& follow_up = context.regulation->follow_up) {
    TRY(create_task(decision, *follow_up, index, "follow_up"));
  }
  TRY(create_tasks_due_by_now(decision, index));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const AcceptQuote& command, const Context& context) {
  const Quote* quote = TRY(find_quote_in_force(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted) return wrong_quote_state("accepted", context);
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
  const Quote* quote = TRY(find_quote_in_force(state, command.quote, context));
  if (quote->state == QuoteState::kAccepted) return wrong_quote_state("accepted", context);
  InputCheck check(context.language);
  check.text(command.reason, "/reason", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  auto event = quote_event<v1::QuoteRejected>(*quote);
  event.set_reason(command.reason);
  return single(std::move(event), {}, std::move(occurred));
}

}  // namespace dealog::deal
