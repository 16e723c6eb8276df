// WhatsApp Cloud API: messages and what became of those that were sent.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::whatsapp_cloud {

// Signed in X-Hub-Signature-256 with the app secret. Delivery keys: whatsapp:<message id>,
// whatsapp:<message id>:<status>; of a batch the body's hash, as its facts have keys of their own.
// The GET with hub.challenge is answered with its value where hub.verify_token is ours; everything
// else with 200.
const Provider& provider();

}  // namespace dealog::connectors::whatsapp_cloud
