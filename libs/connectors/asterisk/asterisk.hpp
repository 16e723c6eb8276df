// Asterisk: call detail records and channel events, posted by a small forwarder.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::asterisk {

// Nothing is signed: the address is the secret, or a key in a header (settings.auth). A body is one
// or more AMI events, rows of Master.csv or of cdr_custom, or ARI events as JSON. Delivery keys:
// asterisk:<uniqueid>[:<sequence>], asterisk:<channel>:<ARI type>; of many at once the body's hash.
// Answer: 200. Times without an offset are of settings.time_zone. A call is its linkedid where
// records have one, else their uniqueid.
const Provider& provider();

}  // namespace dealog::connectors::asterisk
