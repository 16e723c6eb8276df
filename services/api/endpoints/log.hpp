// Endpoints by which others check the log: signed heads and proofs of its tree.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer get_log_head(const Api& api, Session session, http::Request request);
Answer prove_position(const Api& api, Session session, http::Request request);
Answer prove_consistency(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
