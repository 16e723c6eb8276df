// Stripe: payment intents, charges and refunds.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::stripe {

// Authentication: Stripe-Signature, HMAC-SHA256 of "<t>.<raw body>" with the endpoint's secret, at
// most 300 s old. Delivery key: stripe:<event id>. Answer: 200 without a body.
const Provider& provider();

}  // namespace dealog::connectors::stripe
