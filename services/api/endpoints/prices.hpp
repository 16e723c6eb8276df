// Endpoints of the price list and of discounts that wait for their approval.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer add_product(const Api& api, Session session, http::Request request);
Answer list_products(const Api& api, Session session, http::Request request);
Answer get_product(const Api& api, Session session, http::Request request);
Answer change_product(const Api& api, Session session, http::Request request);
Answer import_products(const Api& api, Session session, http::Request request);

Answer list_approvals(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
