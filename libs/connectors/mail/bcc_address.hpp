// Addresses that a user puts into Bcc, so that what he writes is seen: bcc+<token>@<domain>.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/connectors/mail/mail_headers.hpp"

namespace dealog::connectors::mail {

// The token of such an address, "" of any other.
std::string_view bcc_token_of(std::string_view address);

// Those among whom the headers name that a mail server writes on delivery, and in Bcc: a list of
// recipients does not show them.
std::vector<std::string> bcc_addresses_of(const Headers& headers);

}  // namespace dealog::connectors::mail
