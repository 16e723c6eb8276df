// Endpoints under /v1/payments.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer receive_payment(const Api& api, Session session, http::Request request);
Answer list_payments(const Api& api, Session session, http::Request request);
Answer get_payment(const Api& api, Session session, http::Request request);
Answer match_payment(const Api& api, Session session, http::Request request);
Answer refund_payment(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
