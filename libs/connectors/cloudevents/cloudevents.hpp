// CloudEvents 1.0 over HTTP: binary, structured and batch.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::cloudevents {

// Authentication: with a secret, Authorization: Bearer or ?access_token=; else the address alone.
// Delivery key: cloudevents:<source>:<id>, of a batch the hash of the body. Answer: 202; OPTIONS
// gets the permission that the webhook specification asks for, an unknown format 415.
const Provider& provider();

}  // namespace dealog::connectors::cloudevents
