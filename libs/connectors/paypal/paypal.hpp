// PayPal: captures and sales, authorisations, refunds.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::paypal {

// Authentication: RSA-SHA256 over <transmission id>|<time>|<webhook id>|<CRC-32 of the raw body>,
// by PayPal's certificate. Secret: the webhook's id, or {"webhook_id", "certificate"}. While the
// certificate is not there, deliveries are stored and put into quarantine. Delivery key:
// paypal:<event id>. Answer: 200 without a body.
const Provider& provider();

// What an event says, wherever it came from. Errors: kInvalid, naming the field.
Result<std::vector<Fact>> read_event(const Node& event, const SourceSettings& settings);

}  // namespace dealog::connectors::paypal
