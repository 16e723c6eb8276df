// Showing a payment as a command left it.
#pragma once

#include "libs/base/id.hpp"
#include "libs/command/outcome.hpp"
#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer show_payment_after(const Api& api, const Session& session, const http::Request& request,
                          PaymentId id, Outcome outcome, int status);

}  // namespace dealog::api
