// Endpoints under /v1/deals: the order itself. Each is one coroutine; the routes name it.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer open_deal(const Api& api, Session session, http::Request request);
Answer list_deals(const Api& api, Session session, http::Request request);
Answer get_deal(const Api& api, Session session, http::Request request);
Answer change_deal(const Api& api, Session session, http::Request request);

Answer list_transitions(const Api& api, Session session, http::Request request);
Answer change_stage(const Api& api, Session session, http::Request request);
Answer lose_deal(const Api& api, Session session, http::Request request);
Answer reopen_deal(const Api& api, Session session, http::Request request);
Answer assign_owner(const Api& api, Session session, http::Request request);
Answer set_participant(const Api& api, Session session, http::Request request);
Answer remove_participant(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
