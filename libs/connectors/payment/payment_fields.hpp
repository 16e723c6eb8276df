// What payment providers have in common: fields that must be there, amounts, and the words that a
// shop attached to its payment.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "libs/connectors/fact.hpp"
#include "libs/connectors/parse/tree.hpp"

namespace dealog::connectors {

inline constexpr std::size_t kPaymentMetadata = 50;  // attached values that are kept

// kInvalid "field_missing", naming the field.
std::unexpected<Error> field_missing(std::string_view field);

// The trimmed text at `key`. Errors: those of field_missing with `full_name`.
Result<std::string> required_text(const Node& node, std::string_view key,
                                  std::string_view full_name);
// The first of several spellings that holds something, trimmed; "" when none does.
std::string first_text(const Node& node, std::initializer_list<std::string_view> keys);

// Amounts and times whose errors name the field and quote nothing.
// Errors: kInvalid "invalid_amount" | "amount_out_of_range" | "unknown_currency"; "invalid_time".
Result<Money> amount_field(std::string_view text, std::string_view currency,
                           std::string_view full_name);
Result<Timestamp> time_field(std::string_view text, std::string_view zone,
                             std::string_view full_name);

// The invoice's number, the lead, the person and everything else that the shop had attached, by
// the names that shops use. What is filled already stays.
void read_metadata(PaymentFact& payment, const Node& metadata, std::string_view country);

// A fact about one payment: its key, and its place among the others about this payment.
// `scope` is "<provider>:payment:<id>".
Fact payment_fact(std::string_view provider, const std::string& id,
                  std::optional<Timestamp> occurred_at, PaymentFact payment);

// A fact that changes nothing: `reason` is shown with the delivery.
std::vector<Fact> ignored(std::string_view reason, std::string_view what = "ignore");

}  // namespace dealog::connectors
