// Typeform: answers to a form.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::typeform {

// Authentication: Typeform-Signature, "sha256=" and base64 of the HMAC-SHA256 of the raw body.
// Without a secret the address alone. Delivery key: typeform:<token of the response>. Answer: 200.
const Provider& provider();

}  // namespace dealog::connectors::typeform
