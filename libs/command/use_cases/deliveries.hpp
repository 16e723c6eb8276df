// Deliveries: stored raw first, settled once they are understood.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/delivery/delivery.hpp"

namespace dealog::use_cases {

struct DeliveryInput {
  std::string source;  // src_…
  std::string method;
  std::string suffix;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string query;
  std::string remote_ip;
  std::string body;
  // What tells one delivery of the source from another (the provider's id, else a hash of the
  // body); empty: every delivery counts.
  std::string delivery_key;
};
struct ReceivedDelivery {
  DeliveryId delivery;
  std::string first;  // dlv_… when this one repeats it, else empty
};
// Appends the delivery with its sealed body, or that it came again. The stream is the delivery's
// own and new, so Access::kShared on the source's stream is enough.
Result<ReceivedDelivery> receive_delivery(Unit& unit, const DeliveryInput& input);

// The delivery of a source that has this key already, if any.
Result<std::optional<StreamName>> known_delivery(const Folds& folds, const std::string& source,
                                                 const std::string& delivery_key);

using Settlement =
    std::variant<delivery::AcceptDelivery, delivery::QuarantineDelivery, delivery::IgnoreDelivery>;
// Errors: kNotFound "delivery_not_found"; kConflict "delivery_settled".
Result<void> settle_delivery(Unit& unit, const DeliveryId& id, const Settlement& settlement);
// Pending once more. Errors: kConflict "delivery_pending" | "delivery_duplicate" | "body_erased".
Result<void> replay_delivery(Unit& unit, const DeliveryId& id);

// The body of a delivery. Nothing when it was erased or its period is over.
// Errors: kNotFound; kInternal "seal_broken" | "raw_body_broken".
Result<std::optional<std::string>> delivery_body(const Folds& folds, const DeliveryId& id);

}  // namespace dealog::use_cases
