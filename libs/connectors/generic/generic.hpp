// A plain HTML form or any sender of JSON, connected without code.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::generic {

// Authentication: the path token alone, or also a key (header or field), an HMAC-SHA256 of the
// body, a list of origins. Delivery key: form:<account>:<_id>, else form:<account>:sha256:<hash of
// the content>:<day>, the same for every encoding. A browser is answered 303 to the thank-you
// page, a script 200 with JSON.
const Provider& provider();

}  // namespace dealog::connectors::generic
