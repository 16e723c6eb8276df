// The ways in which senders sign a body, each once: generic sources choose one by name, providers
// that use one name it in their code.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

inline constexpr int kSignatureToleranceS = 300;  // age of a signed timestamp, either way

// Checks `signature` over the raw body with the secret, or with the secret's part "previous" while
// a key is being changed. A signed timestamp must be within settings.tolerance_s of the receipt.
// Reasons: secret_not_set, signature_missing, signature_wrong, timestamp_missing,
// timestamp_out_of_range; those of check_message_signature.
Verdict check_signature_scheme(const Delivery& delivery, const SourceSettings& settings,
                               const BodySignature& signature);

// The secrets that may have signed: "" and "previous", those that are set.
std::vector<std::string> signing_secrets(const SourceSettings& settings);

// Whether seconds since 1970 lie within the tolerance of the receipt.
bool is_recent(std::string_view unix_seconds, const Delivery& delivery,
               const SourceSettings& settings, int default_tolerance_s = kSignatureToleranceS);

}  // namespace dealog::connectors
