// HTTP Message Signatures (RFC 9421) with Content-Digest (RFC 9530).
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors {

// Accepts a delivery with at least one signature that verifies, that covers every component of
// settings.signature->covers, and that has not expired; Content-Digest must be there for a body and
// must agree with it. Algorithms: hmac-sha256 with a shared secret (text, or base64 of its bytes),
// ed25519 with a public key (PEM, base64 of its DER or of its 32 bytes behind "ed25519:"). A secret
// part named like `keyid` is taken before the others. `created` is held against
// settings.tolerance_s where that is set. What a sender calls (@authority, @path …) is
// settings.public_url where set, else Host and the path of the request.
// Reasons: secret_not_set, signature_missing, signature_wrong, digest_missing, digest_wrong,
// timestamp_out_of_range, component_not_covered.
Verdict check_message_signature(const Delivery& delivery, const SourceSettings& settings);

}  // namespace dealog::connectors
