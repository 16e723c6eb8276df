// Outgoing webhooks signed by the Standard Webhooks specification 1.0 (symmetric, v1).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog::outbound {

// The headers webhook-id, webhook-timestamp and webhook-signature. `secrets` are "whsec_…"; each
// signs, so that a receiver that has either of two verifies it. Errors: kInvalid "invalid_secret".
// Thread: any.
Result<std::vector<std::pair<std::string, std::string>>> webhook_headers(
    std::string_view id, Timestamp sent_at, std::string_view body,
    const std::vector<std::string>& secrets);

}  // namespace dealog::outbound
