// What all hooks of Meta (WhatsApp, Facebook) have in common.
#pragma once

#include <optional>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::meta {

// Checks X-Hub-Signature-256, "sha256=" and the hex of HMAC-SHA256 over the raw body with the app
// secret: the part "app_secret" (or "previous" while it is being changed) or the single secret. Of
// a GET the hub.verify_token, which is the part "verify_token" or the single secret; a GET without
// hub.* is a connection check.
// Reasons: secret_not_set, signature_missing, signature_wrong, verify_token_wrong.
Verdict check_hub(const Delivery& delivery, const SourceSettings& settings);

// The value of hub.challenge as the answer to a GET that asks for it; nothing when none is asked.
// Call it for what check_hub accepted.
std::optional<Answer> hub_challenge(const Delivery& delivery);

// Adds to `errors` that the app secret is missing.
std::vector<FieldError> require_app_secret(std::vector<FieldError> errors,
                                           const SourceSettings& settings);

}  // namespace dealog::connectors::meta
