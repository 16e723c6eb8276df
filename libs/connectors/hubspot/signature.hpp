// The three ways in which HubSpot signs.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::hubspot {

// v3: base64 HMAC-SHA256 over method, address, body and the time in milliseconds. v2: hex SHA-256
// over secret, method, address and body. v1: hex SHA-256 over secret and body. Only v3 is looked at
// where it is sent. Reasons: secret_not_set, signature_missing, signature_wrong, timestamp_missing,
// timestamp_out_of_range.
Verdict check_hubspot_signature(const Delivery& delivery, const SourceSettings& settings);

}  // namespace dealog::connectors::hubspot
