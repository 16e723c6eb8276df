// Endpoints under /v1/users and /v1/tokens.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer register_user(const Api& api, Session session, http::Request request);
Answer list_users(const Api& api, Session session, http::Request request);
Answer get_user(const Api& api, Session session, http::Request request);
Answer change_user(const Api& api, Session session, http::Request request);
Answer record_absence(const Api& api, Session session, http::Request request);
Answer list_absences(const Api& api, Session session, http::Request request);
Answer withdraw_absence(const Api& api, Session session, http::Request request);
Answer issue_token(const Api& api, Session session, http::Request request);
Answer list_tokens(const Api& api, Session session, http::Request request);
Answer revoke_token(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
