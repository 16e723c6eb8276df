// Money received, matched to deals, given back. Each allocation is one append to the payment and
// to the deal, so that their sums agree at every position.
#pragma once

#include <optional>
#include <string>

#include "libs/base/id.hpp"
#include "libs/base/money.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/payment/payment.hpp"
#include "libs/rules/criterion.hpp"

namespace dealog::use_cases {

struct ReceivedPayment {
  PaymentId payment;
  bool received = false;  // else it was there already, the same
};
// Once for each provider and external id. Errors: those of payment::decide.
Result<ReceivedPayment> receive_payment(Unit& unit, const payment::ReceivePayment& command);

struct MatchTarget {
  std::optional<DealId> deal;  // needed when no invoice is named
  std::optional<InvoiceId> invoice;
  std::optional<Money> amount;  // nothing: all that is free, at most what the invoice lacks
};
// Also makes the moves that money makes. The lanes of both streams should be asked for.
// Errors: kNotFound "payment_not_found" | "invoice_not_found" | "deal_not_found"; kInvalid when
// neither is named or they disagree; kUnprocessable "payment_overallocated" | "nothing_to_match".
Result<void> match_payment(Unit& unit, const PaymentId& id, const MatchTarget& target,
                           rules::Language language = rules::Language::kEn);

// What is matched goes back from the newest allocation on, after what is not.
Result<void> refund_payment(Unit& unit, const PaymentId& id, const payment::RefundPayment& command,
                            rules::Language language = rules::Language::kEn);

// The invoice that a payment names, by id or by number: what the effect runner matches it to.
struct InvoiceFound {
  DealId deal;
  InvoiceId invoice;
};
Result<std::optional<InvoiceFound>> find_invoice(const Folds& folds, std::string_view id_or_number);

// Of a payment that names none: the only open invoice of the company with this tax id that lacks
// exactly `amount`. Nothing where there is none, or more than one: money is not guessed. Looks at
// the company's newest kDealsOfPayer deals.
inline constexpr std::size_t kDealsOfPayer = 200;
Result<std::optional<InvoiceFound>> find_invoice_of_payer(Unit& unit, std::string_view tax_id,
                                                          const Money& amount);

// Of a payment that matches nothing: the payer's only open deal is told (PaymentUnmatched). Nothing
// where the payer has none, or several.
Result<void> tell_payers_deal(Unit& unit, const PaymentId& id, std::string_view tax_id,
                              const Money& amount);

}  // namespace dealog::use_cases
