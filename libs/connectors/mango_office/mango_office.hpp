// Mango Office: calls as they happen, their summaries, their recordings.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::mango_office {

// Signed: hex SHA-256 of API key, the json field as it came, salt. The secret is "<key>:<salt>", or
// an object {"api_key", "salt"}. Delivery keys: mango:<call_id>:<seq>, mango:summary:<entry_id>,
// mango:record:<recording_id>, mango:recording:<recording_id>:<seq>. Answer: 200.
// All facts of one call carry its entry_id; `leg` is the call_id and numbers its own events.
const Provider& provider();

}  // namespace dealog::connectors::mango_office
