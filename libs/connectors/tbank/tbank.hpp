// T-Bank (Tinkoff) acquiring: states of a payment.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::tbank {

// Authentication: `Token`, the SHA-256 of the values of the body's own members, sorted by name,
// with the terminal's password among them. Delivery key: tbank:<TerminalKey>:<PaymentId>:<Status>.
// Answer: 200 and exactly OK.
const Provider& provider();

}  // namespace dealog::connectors::tbank
