#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/payment/payment.hpp"

namespace dealog::payment {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kExternalIdBytes = 200;
constexpr std::size_t kInvoiceNumberBytes = 64;
constexpr std::size_t kPurposeBytes = 4 << 10;
constexpr std::size_t kAllocations = 500;
constexpr std::size_t kRefunds = 500;

void set_money(v1::Money& message, const Money& money) {
  message.set_minor(money.minor);
  message.set_currency(std::string(money.currency.code()));
}

void check_amount(InputCheck& check, const Money& amount) {
  if (amount.currency.empty() || amount.minor <= 0) {
    check.add("/amount", "not_positive", "нужны сумма больше нуля и её валюта",
              "an amount above zero with its currency is needed");
  } else if (amount.minor > kMaxMoneyMinor) {
    check.add("/amount", "amount_out_of_range", "сумма слишком велика", "the amount is too large");
  }
}

Result<void> require_exists(const State& state, Language language) {
  if (state.exists()) return {};
  return refuse(language, ErrorKind::kNotFound, "payment_not_found", "такого платежа нет",
                "there is no such payment");
}

Result<void> require_currency(const State& state, const Money& amount, Language language) {
  if (amount.currency == state.amount.currency) return {};
  return refuse(
      language, ErrorKind::kUnprocessable, "currency_mismatch",
      fmt::format("платёж в {}, а не в {}", state.amount.currency.code(), amount.currency.code()),
      fmt::format("the payment is in {}, not in {}", state.amount.currency.code(),
                  amount.currency.code()));
}

// Takes `amount` from what is free, then from the newest allocations.
std::vector<Allocation> shares_of(const State& state, const Money& amount) {
  std::vector<Allocation> shares;
  std::int64_t rest = amount.minor - std::min(amount.minor, state.free().minor);
  for (auto known = state.allocations.rbegin(); known != state.allocations.rend() && rest > 0;
       ++known) {
    const std::int64_t part = std::min(rest, known->amount.minor);
    shares.push_back({known->deal, known->invoice, {part, amount.currency}});
    rest -= part;
  }
  return shares;
}

}  // namespace

Result<Events> decide(const State& state, const ReceivePayment& command, Language language) {
  InputCheck check(language);
  check.text(command.provider, "/provider", limits::kCodeBytes, Presence::kRequired);
  check.text(command.external_id, "/external_id", kExternalIdBytes, Presence::kRequired);
  check.text(command.invoice_number, "/invoice", kInvoiceNumberBytes, Presence::kOptional);
  check.text(command.purpose, "/purpose", kPurposeBytes, Presence::kOptional);
  check.text(command.payer, "/payer", limits::kTitleBytes, Presence::kOptional);
  check_amount(check, command.amount);
  TRY(check.result());
  if (state.exists()) {
    if (state.amount == command.amount) return Events{};
    return refuse(language, ErrorKind::kConflict, "payment_differs",
                  fmt::format("платёж {} от {} уже получен, на другую сумму", command.external_id,
                              command.provider),
                  fmt::format("payment {} of {} was received already, over another amount",
                              command.external_id, command.provider));
  }
  v1::PaymentReceived event;
  event.set_provider(command.provider);
  event.set_external_id(command.external_id);
  set_money(*event.mutable_amount(), command.amount);
  event.set_received_at(command.received_at.us);
  event.set_invoice_number(command.invoice_number);
  event.set_invoice(command.invoice);
  event.set_deal(command.deal);
  event.set_purpose(command.purpose);
  event.set_payer(command.payer);
  event.set_source(command.source);
  event.set_test(command.test);
  NewEvent made =
      make_event(std::move(event), {payment_tag(command.provider, command.external_id)});
  if (!command.received_at.is_zero()) made.occurred = OccurredAt{.at = command.received_at};
  return Events{std::move(made)};
}

Result<Events> decide(const State& state, const MatchPayment& command, Language language) {
  TRY(require_exists(state, language));
  InputCheck check(language);
  check.text(command.deal, "/deal", limits::kCodeBytes, Presence::kRequired);
  check_amount(check, command.amount);
  TRY(check.result());
  TRY(require_currency(state, command.amount, language));
  if (command.amount.minor > state.free().minor) {
    return refuse(language, ErrorKind::kUnprocessable, "payment_overallocated",
                  fmt::format("из этого платежа можно распределить ещё только {} {}",
                              state.free().decimal(), state.amount.currency.code()),
                  fmt::format("only {} {} of this payment can still be matched",
                              state.free().decimal(), state.amount.currency.code()));
  }
  if (state.allocations.size() >= kAllocations) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_allocations",
                  fmt::format("платёж относят не больше чем к {} счетам", kAllocations),
                  fmt::format("a payment is matched to at most {} invoices", kAllocations));
  }
  v1::PaymentMatched event;
  event.set_deal(command.deal);
  event.set_invoice(command.invoice);
  set_money(*event.mutable_amount(), command.amount);
  return Events{make_event(std::move(event))};
}

Result<Refunded> decide(const State& state, const RefundPayment& command, Language language) {
  TRY(require_exists(state, language));
  InputCheck check(language);
  check.text(command.external_id, "/external_id", kExternalIdBytes, Presence::kRequired);
  check.text(command.reason, "/reason", limits::kTitleBytes, Presence::kOptional);
  check_amount(check, command.amount);
  TRY(check.result());
  TRY(require_currency(state, command.amount, language));
  if (state.refund_ids.contains(command.external_id)) return Refunded{};
  if (command.amount.minor > state.amount.minor - state.refunded.minor) {
    const Money most{state.amount.minor - state.refunded.minor, state.amount.currency};
    return refuse(
        language, ErrorKind::kUnprocessable, "refund_exceeds_payment",
        fmt::format("вернуть можно не больше {} {}", most.decimal(), most.currency.code()),
        fmt::format("at most {} {} can go back", most.decimal(), most.currency.code()));
  }
  if (state.refund_ids.size() >= kRefunds) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_refunds",
                  fmt::format("у платежа не больше {} возвратов", kRefunds),
                  fmt::format("a payment has at most {} refunds", kRefunds));
  }
  Refunded out;
  out.shares = shares_of(state, command.amount);
  v1::PaymentRefunded event;
  event.set_external_id(command.external_id);
  set_money(*event.mutable_amount(), command.amount);
  event.set_reason(command.reason);
  event.set_refunded_at(command.refunded_at.us);
  for (const auto& share : out.shares) {
    auto& message = *event.add_shares();
    message.set_deal(share.deal);
    message.set_invoice(share.invoice);
    set_money(*message.mutable_amount(), share.amount);
  }
  NewEvent made = make_event(std::move(event));
  if (!command.refunded_at.is_zero()) made.occurred = OccurredAt{.at = command.refunded_at};
  out.events.push_back(std::move(made));
  return out;
}

}  // namespace dealog::payment
