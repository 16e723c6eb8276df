// Endpoints under /v1/sources, /v1/deliveries and /v1/fetches.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer connect_source(const Api& api, Session session, http::Request request);
Answer list_sources(const Api& api, Session session, http::Request request);
Answer get_source(const Api& api, Session session, http::Request request);
Answer change_source(const Api& api, Session session, http::Request request);
Answer remove_source(const Api& api, Session session, http::Request request);
Answer try_source(const Api& api, Session session, http::Request request);
Answer list_deliveries(const Api& api, Session session, http::Request request);
Answer get_delivery(const Api& api, Session session, http::Request request);
Answer replay_source(const Api& api, Session session, http::Request request);
Answer list_fetches(const Api& api, Session session, http::Request request);
Answer retry_fetch(const Api& api, Session session, http::Request request);
Answer replay_delivery(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
