// UIS and CoMagic: calls and recordings, told by templates that the customer types.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::uis_comagic {

// Nothing is signed: the address is the secret, or a key in a field of the template or in a header
// (settings.auth). Delivery key: uis:<call_session_id>:<notification_mnemonic>, and the hash of a
// field `delivery_id` where the template has one. Answer: 200. Times are of settings.time_zone.
const Provider& provider();

}  // namespace dealog::connectors::uis_comagic
