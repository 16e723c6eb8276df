#include "libs/command/use_cases/payments.hpp"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/trigger_events.pb.h"
#include "libs/base/invalid_input.hpp"
#include "libs/base/limits.hpp"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/told_companies.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/deal/lines.hpp"

namespace dealog::use_cases {
namespace {

std::unexpected<Error> invalid_target(Language language, std::string pointer, std::string_view ru,
                                      std::string_view en) {
  return fail(invalid_input(language, FieldError{std::move(pointer), "invalid_target",
                                                 std::string(in(language, ru, en))}));
}

// Money that has not come yet is none.
Result<void> not_ahead(const Unit& unit, const char* pointer, Timestamp at) {
  InputCheck check(unit.language());
  if (at > unit.now() + Duration(limits::kOccurredAhead)) {
    check.add(pointer, "occurred_in_future", "это время позже, чем через пять минут",
              "this time lies more than five minutes ahead");
  }
  return check.result();
}

Result<DealId> target_deal(const Unit& unit, const MatchTarget& target) {
  if (!target.invoice) {
    if (target.deal) return *target.deal;
    return invalid_target(unit.language(), "/deal", "укажите сделку или счёт, за что заплатили",
                          "name the deal or the invoice that was paid");
  }
  const auto deal = TRY(deal_of(unit.folds(), target.invoice->text(), unit.language()));
  if (target.deal && *target.deal != deal) {
    return invalid_target(unit.language(), "/invoice", "этот счёт — другой сделки",
                          "this invoice belongs to another deal");
  }
  return deal;
}

// All that is free, at most what the invoice lacks.
Result<Money> amount_to_match(const payment::State& payment, const deal::State& deal,
                              const MatchTarget& target, Language language) {
  if (target.amount) return *target.amount;
  Money amount = payment.free();
  const auto* invoice = target.invoice ? deal.invoice(*target.invoice) : nullptr;
  if (invoice != nullptr && invoice->amount.currency == amount.currency) {
    amount.minor = std::min(amount.minor, invoice->amount.minor - invoice->allocated_minor);
  }
  if (amount.minor > 0) return amount;
  return refuse(language, ErrorKind::kUnprocessable, "nothing_to_match",
                "этот платёж уже распределён или счёт уже оплачен",
                "this payment is matched already, or the invoice is paid");
}

// A payment counts for the visit in which the money came, when the deal was there then.
deal::Occurred when_received(const payment::State& payment, const deal::State& deal,
                             Timestamp now) {
  const Timestamp at = payment.received_at;
  if (at < deal.opened_at || at > now) return std::nullopt;
  return OccurredAt{.at = at, .date = {}, .time_zone = {}};
}

Result<void> allocate(Unit& unit, const DealId& id, const deal::Command& command,
                      rules::Language language, std::size_t cause) {
  const StreamName stream = id.text();
  const auto* state = TRY(unit.load<deal::State>(stream));
  const auto parties = parties_of(*state);
  const auto around = TRY(surroundings_of(unit, state->pipeline, &parties, true, language));
  unit.emit(stream, TRY(deal::decide(*state, command, around.context)), cause);
  return {};
}

// The deals of the company with this tax id.
Result<std::vector<StreamName>> deals_of_payer(Unit& unit, std::string_view tax_id) {
  const auto company = TRY(claimant_of(unit, tax_id));
  std::vector<StreamName> deals;
  if (!company) return deals;
  std::set<StreamName> seen;
  for (const auto& event : TRY(unit.with_tag(open_tag(company->text()), kDealsOfPayer))) {
    if (!event.stream.starts_with(DealId::prefix()) || !seen.insert(event.stream).second) continue;
    const auto* deal = TRY(unit.glance<deal::State>(event.stream));
    if (deal->company == *company) deals.push_back(event.stream);
  }
  return deals;
}

}  // namespace

Result<ReceivedPayment> receive_payment(Unit& unit, const payment::ReceivePayment& command) {
  TRY(not_ahead(unit, "/received_at", command.received_at));
  const auto id = payment::payment_id(command.provider, command.external_id);
  const auto* state = TRY(unit.load<payment::State>(id.text()));
  auto events = TRY(payment::decide(*state, command, unit.language()));
  const bool received = !events.empty();
  unit.emit(id.text(), std::move(events));
  return ReceivedPayment{id, received};
}

Result<void> match_payment(Unit& unit, const PaymentId& id, const MatchTarget& target,
                           rules::Language language) {
  const auto* payment = TRY(unit.load<payment::State>(id.text()));
  if (!payment->exists()) {
    return not_found(unit.language(), "payment", id.text());
  }
  const auto deal_id = TRY(target_deal(unit, target));
  const auto* deal = TRY(unit.load<deal::State>(deal_id.text()));
  if (!deal->exists()) {
    return not_found(unit.language(), "deal", deal_id.text());
  }
  const Money amount = TRY(amount_to_match(*payment, *deal, target, unit.language()));
  payment::MatchPayment match{.deal = deal_id.text(), .invoice = {}, .amount = amount};
  if (target.invoice) match.invoice = target.invoice->text();
  const deal::AllocatePayment share{.payment = id,
                                    .invoice = target.invoice,
                                    .amount = amount,
                                    .occurred = when_received(*payment, *deal, unit.now())};
  const auto cause = unit.emit(id.text(), TRY(payment::decide(*payment, match, unit.language())));
  return allocate(unit, deal_id, share, language, cause);
}

Result<void> refund_payment(Unit& unit, const PaymentId& id, const payment::RefundPayment& command,
                            rules::Language language) {
  TRY(not_ahead(unit, "/refunded_at", command.refunded_at));
  const auto* payment = TRY(unit.load<payment::State>(id.text()));
  auto refunded = TRY(payment::decide(*payment, command, unit.language()));
  if (refunded.events.empty()) return {};
  const auto cause = unit.emit(id.text(), std::move(refunded.events));
  for (const auto& share : refunded.shares) {
    deal::AllocateRefund back{.payment = id, .invoice = {}, .amount = share.amount};
    if (!share.invoice.empty()) back.invoice = TRY(InvoiceId::parse(share.invoice));
    const auto deal = TRY(DealId::parse(share.deal));
    TRY(allocate(unit, deal, back, language, cause));
  }
  return {};
}

Result<std::optional<InvoiceFound>> find_invoice(const Folds& folds,
                                                 std::string_view id_or_number) {
  if (id_or_number.empty()) return std::nullopt;
  std::string tag(id_or_number);
  if (!InvoiceId::parse(tag)) tag.insert(0, "invoice-number:");
  const auto last = TRY(folds.last_with_tag(open_tag(tag)));
  const auto* issued = last ? last->as<v1::InvoiceIssued>() : nullptr;
  if (issued == nullptr) return std::nullopt;
  return InvoiceFound{TRY(DealId::parse(last->stream)), TRY(InvoiceId::parse(issued->invoice()))};
}

Result<std::optional<InvoiceFound>> find_invoice_of_payer(Unit& unit, std::string_view tax_id,
                                                          const Money& amount) {
  std::optional<InvoiceFound> found;
  for (const auto& stream : TRY(deals_of_payer(unit, tax_id))) {
    const auto* deal = TRY(unit.glance<deal::State>(stream));
    for (const auto& invoice : deal->invoices) {
      const bool fits = invoice.live() && invoice.amount.currency == amount.currency &&
                        invoice.amount.minor - invoice.allocated_minor == amount.minor;
      if (!fits) continue;
      if (found) return std::nullopt;
      found = InvoiceFound{TRY(DealId::parse(stream)), invoice.id};
    }
  }
  return found;
}

Result<void> tell_payers_deal(Unit& unit, const PaymentId& id, std::string_view tax_id,
                              const Money& amount) {
  StreamName open;
  for (const auto& stream : TRY(deals_of_payer(unit, tax_id))) {
    if (!TRY(unit.glance<deal::State>(stream))->is_open()) continue;
    if (!open.empty()) return {};
    open = stream;
  }
  if (open.empty()) return {};
  v1::PaymentUnmatched event;
  event.set_payment(id.text());
  deal::put_money(event.mutable_amount(), amount);
  unit.emit(open, {make_event(std::move(event))});
  return {};
}

}  // namespace dealog::use_cases
