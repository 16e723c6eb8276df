// Endpoints that show the whole: the regulation, the board, the lamps.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer get_pipeline(const Api& api, Session session, http::Request request);
Answer publish_pipeline(const Api& api, Session session, http::Request request);
Answer check_pipeline(const Api& api, Session session, http::Request request);

Answer get_board(const Api& api, Session session, http::Request request);
Answer get_leaks(const Api& api, Session session, http::Request request);
Answer list_leaks(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
