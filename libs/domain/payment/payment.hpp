// A payment: money received, what of it is matched to deals, what went back. Pure.
//
// Invariant: allocated + refunded ≤ amount. A refund is taken from what is not matched first, then
// from the newest allocations; the event says which, so that old refunds never change their
// meaning.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/money.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog::payment {

struct Allocation {
  std::string deal;     // deal_…
  std::string invoice;  // inv_… or empty
  Money amount;         // above zero

  bool operator==(const Allocation&) const = default;
};

enum class MatchState { kUnmatched, kPartly, kMatched };
std::string_view name_of(MatchState state);  // unmatched, partly, matched

struct State {
  StreamVersion version;
  std::string provider;
  std::string external_id;
  Money amount;
  Timestamp received_at;
  std::string invoice_number;  // as named by whoever paid
  std::string invoice;
  std::string deal;
  std::string purpose;
  std::string payer;
  std::string source;
  bool test = false;
  Money refunded;
  Money allocated;
  std::vector<Allocation> allocations;  // oldest first; one for each deal and invoice
  std::set<std::string> refund_ids;

  bool exists() const { return version.value > 0; }
  // What can still be matched: amount − refunded − allocated.
  Money free() const;
  // A payment that was refunded whole is matched: nothing waits for anybody.
  MatchState match_state() const;
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

// The one id of a payment: the same provider and external id give the same stream on any machine.
PaymentId payment_id(std::string_view provider, std::string_view external_id);
// "payment:<provider>:<external id>"
Tag payment_tag(std::string_view provider, std::string_view external_id);

struct ReceivePayment {
  std::string provider;
  std::string external_id;
  Money amount;
  Timestamp received_at;
  std::string invoice_number = {};
  std::string invoice = {};
  std::string deal = {};
  std::string purpose = {};
  std::string payer = {};
  std::string source = {};
  bool test = false;
};
struct MatchPayment {
  std::string deal;
  std::string invoice;
  Money amount;
};
struct RefundPayment {
  std::string external_id;  // the provider's id of the refund: a repeated one changes nothing
  Money amount;
  Timestamp refunded_at;
  std::string reason = {};
};

// Receiving the same again makes no event. Errors: kInvalid with `fields`; kNotFound
// "payment_not_found"; kConflict "payment_differs" (same ids, another amount); kUnprocessable
// "payment_overallocated" | "refund_exceeds_payment".
Result<std::vector<NewEvent>> decide(const State& state, const ReceivePayment& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const MatchPayment& command,
                                     Language language = Language::kEn);

struct Refunded {
  std::vector<NewEvent> events;
  std::vector<Allocation> shares;  // what each deal loses; appended there as RefundAllocated
};
Result<Refunded> decide(const State& state, const RefundPayment& command,
                        Language language = Language::kEn);

}  // namespace dealog::payment
