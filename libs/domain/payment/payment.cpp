#include "libs/domain/payment/payment.hpp"

#include <algorithm>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/assert.hpp"

namespace dealog::payment {
namespace {

// Amounts in the log were checked before they came there.
Money money_from(const v1::Money& message) {
  if (message.currency().empty()) return {};
  const auto currency = Currency::parse(message.currency());
  DEALOG_ASSERT(currency.has_value());
  return {message.minor(), *currency};
}

void apply(State& state, const v1::PaymentReceived& event) {
  state.provider = event.provider();
  state.external_id = event.external_id();
  state.amount = money_from(event.amount());
  state.refunded = {0, state.amount.currency};
  state.allocated = {0, state.amount.currency};
  state.received_at = {event.received_at()};
  state.invoice_number = event.invoice_number();
  state.invoice = event.invoice();
  state.deal = event.deal();
  state.purpose = event.purpose();
  state.payer = event.payer();
  state.source = event.source();
  state.test = event.test();
}

void apply(State& state, const v1::PaymentMatched& event) {
  const Money amount = money_from(event.amount());
  state.allocated.minor += amount.minor;
  for (auto& known : state.allocations) {
    if (known.deal != event.deal() || known.invoice != event.invoice()) continue;
    known.amount.minor += amount.minor;
    return;
  }
  state.allocations.push_back({event.deal(), event.invoice(), amount});
}

void apply(State& state, const v1::PaymentRefunded& event) {
  state.refunded.minor += event.amount().minor();
  state.refund_ids.insert(event.external_id());
  for (const auto& share : event.shares()) {
    for (auto& known : state.allocations) {
      if (known.deal != share.deal() || known.invoice != share.invoice()) continue;
      known.amount.minor -= share.amount().minor();
      state.allocated.minor -= share.amount().minor();
    }
  }
  std::erase_if(state.allocations, [](const Allocation& known) { return known.amount.is_zero(); });
}

}  // namespace

std::string_view name_of(MatchState state) {
  switch (state) {
    case MatchState::kUnmatched:
      return "unmatched";
    case MatchState::kPartly:
      return "partly";
    case MatchState::kMatched:
      return "matched";
  }
  return "unmatched";
}

Money State::free() const {
  return {amount.minor - refunded.minor - allocated.minor, amount.currency};
}

MatchState State::match_state() const {
  if (free().is_zero()) return MatchState::kMatched;
  return allocated.is_zero() ? MatchState::kUnmatched : MatchState::kPartly;
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* received = event.as<v1::PaymentReceived>()) {
    apply(state, *received);
  } else if (const auto* matched = event.as<v1::PaymentMatched>()) {
    apply(state, *matched);
  } else if (const auto* refunded = event.as<v1::PaymentRefunded>()) {
    apply(state, *refunded);
  }
}

PaymentId payment_id(std::string_view provider, std::string_view external_id) {
  // A random namespace (RFC 9562), fixed for ever: it makes every payment's id.
  static const Uuid name_space = *Uuid::from_hex("7c1f0f6d2b9a4e0c9d55a2f6c3b1e874");
  std::string name(provider);
  name += '\0';
  name += external_id;
  return PaymentId(Uuid::derived(name_space, name));
}

Tag payment_tag(std::string_view provider, std::string_view external_id) {
  return open_tag("payment:" + std::string(provider) + ":" + std::string(external_id));
}

}  // namespace dealog::payment
