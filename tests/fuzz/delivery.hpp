// What holds for every provider and every input. The first line of an input is the method and the
// Content-Type ("POST application/json"), the rest is the body; of a GET it is the query.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "libs/base/assert.hpp"
#include "libs/base/text.hpp"
#include "libs/connectors/provider.hpp"

namespace dealog::connectors::fuzzing {

inline Delivery delivery_of(std::string_view input) {
  Delivery delivery;
  const auto end = std::min(input.find('\n'), input.size());
  const std::string_view line = input.substr(0, end);
  const auto space = std::min(line.find(' '), line.size());
  delivery.method = line.substr(0, space);
  delivery.headers = {{"Content-Type", std::string(trim(line.substr(space)))}};
  const std::string_view rest = input.substr(std::min(end + 1, input.size()));
  (delivery.method == "GET" ? delivery.query : delivery.body) = rest;
  delivery.remote_ip = "77.75.156.11";
  delivery.received_at = Timestamp{1'772'709'791'000'000};
  return delivery;
}

inline void check_fact(const Fact& fact) {
  const std::string shown = boost::json::serialize(normalised(fact));
  DEALOG_ASSERT(is_valid_utf8(shown));
  DEALOG_ASSERT(std::holds_alternative<IgnoreFact>(fact.content) || !fact.key.empty());
  if (fact.occurred_at) DEALOG_ASSERT(fact.occurred_at->us >= 0);
  if (const auto* payment = std::get_if<PaymentFact>(&fact.content)) {
    DEALOG_ASSERT(payment->amount.minor >= 0 && !payment->amount.currency.empty());
  }
  if (const auto* lead = std::get_if<LeadFact>(&fact.content)) {
    DEALOG_ASSERT(!lead->person.phone_mobile || lead->person.phone_valid);
  }
}

inline void check(const Provider& provider, const SourceSettings& settings,
                  std::string_view input) {
  const Delivery delivery = delivery_of(input);
  (void)provider.verify(delivery, settings);
  const Reception reception = provider.receive(delivery, settings);
  const bool stored = reception.kind == Reception::Kind::kStore;
  DEALOG_ASSERT(stored == !reception.delivery_key.empty());
  DEALOG_ASSERT(reception.delivery_key.size() <= kDeliveryKeyBytes);
  DEALOG_ASSERT(is_valid_utf8(reception.delivery_key));
  const auto facts = provider.decode(delivery, settings);
  if (facts) {
    DEALOG_ASSERT(!facts->empty() && !reception.malformed);
    for (const auto& fact : *facts) check_fact(fact);
    DEALOG_ASSERT(provider.decode(delivery, settings).value() == *facts);
  } else {
    DEALOG_ASSERT(is_valid_utf8(facts.error().message) && !facts.error().code.empty());
  }
  const Answer answer = provider.answer(delivery, settings, Outcome::kAccepted);
  // 406: never again.
  DEALOG_ASSERT((answer.status >= 200 && answer.status < 400) || answer.status == 406);
}

}  // namespace dealog::connectors::fuzzing
