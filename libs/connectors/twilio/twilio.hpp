// Twilio: calls, recordings, text and WhatsApp messages and what became of them.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::twilio {

// Signed in X-Twilio-Signature: base64 of HMAC-SHA1 over the address as Twilio calls it, with and
// without its port, and all fields of the form; of JSON over the address alone, whose bodySHA256 is
// then compared. The address is settings.public_url, else the Host header's. Delivery keys:
// twilio:<CallSid>:<SequenceNumber>, twilio:<RecordingSid>, twilio:<MessageSid>[:<status>].
// Answer: 204, which Twilio takes for an empty one.
const Provider& provider();

}  // namespace dealog::connectors::twilio
