// Deliveries as the log keeps them, and what their facts led to.
#pragma once

#include <optional>

#include "dealog/v1/intake_events.pb.h"
#include "libs/command/command_bus.hpp"
#include "libs/connectors/delivery.hpp"
#include "libs/connectors/fact.hpp"

namespace dealog::webhooks {

struct StoredDelivery {
  StreamName id;
  connectors::Delivery delivery;
  Cause cause;
};

// The delivery as it came, from its first event and the body beside it. Nothing when it was erased.
Result<std::optional<StoredDelivery>> read_delivery(const Folds& folds, const DeliveryId& id);

// What the events of a fact's command amount to: the deal, the person, and the event to show. There
// is at least one.
v1::DeliveryResult result_of(const connectors::Fact& fact, const Unit& unit);
// The same of a fact whose command had been carried out before.
Result<v1::DeliveryResult> result_of_known(const connectors::Fact& fact, const Outcome& outcome,
                                           const Folds& folds);

}  // namespace dealog::webhooks
