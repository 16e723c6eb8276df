// Senders known by how they sign: Standard Webhooks, GitHub, Slack, HTTP Message Signatures.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::signed_events {

// Key: the webhook-id as it stands. Answer 200.
const Provider& standard_webhooks();
// Key github:<X-GitHub-Delivery>; the ping that GitHub sends first is a ping. Answer 200.
const Provider& github();
// Key slack:<event_id>; url_verification is answered with its challenge. Answer 200.
const Provider& slack();
// Key: the hash of the body. Answer 200.
const Provider& message_signature();

}  // namespace dealog::connectors::signed_events
