// Endpoints that read the log itself.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer list_events(const Api& api, Session session, http::Request request);
Answer why_event(const Api& api, Session session, http::Request request);
Answer import_events(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
