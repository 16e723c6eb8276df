// CloudPayments: questions before a charge, payments and refunds.
#pragma once

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::cloudpayments {

// What a delivery is says its address: /check, /pay, /fail, /confirm, /refund, /cancel, /recurrent
// after the token. Authentication: header Content-HMAC, base64 HMAC-SHA256 of the raw body (of the
// query of a GET) with the API secret. Delivery key: cloudpayments:<kind>:<TransactionId>. Answer:
// {"code":0}; to a question that cannot be read {"code":13}.
const Provider& provider();

}  // namespace dealog::connectors::cloudpayments
