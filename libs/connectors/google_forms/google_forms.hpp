// Google Forms, sent by the script in this folder's README.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::google_forms {

// Authentication: X-Dealog-Signature, "sha256=" and hex of the HMAC-SHA256 of the raw body. Without
// a secret the address alone. Delivery key: google-forms:<sheetId>:<row>. Answer: 200 ok.
const Provider& provider();

}  // namespace dealog::connectors::google_forms
