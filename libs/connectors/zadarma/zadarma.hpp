// Zadarma: calls, recordings and text messages.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::zadarma {

// Signed in the header Signature: base64 of HMAC-SHA1, either of its bytes or of its hex digits,
// over three fields of the event. Only those are protected: duration and disposition are not, which
// is why the published network is worth setting. Delivery key: zadarma:<pbx_call_id>:<event>.
// GET with zd_echo is answered with its value, everything else with 200.
const Provider& provider();

}  // namespace dealog::connectors::zadarma
