// Endpoints of what leaves the process: effects, what waits for a person, endpoints of webhooks.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer list_dead_letters(const Api& api, Session session, http::Request request);
Answer retry_dead_letter(const Api& api, Session session, http::Request request);
Answer drop_dead_letter(const Api& api, Session session, http::Request request);
Answer list_effects(const Api& api, Session session, http::Request request);
Answer get_effect(const Api& api, Session session, http::Request request);
Answer get_outbox(const Api& api, Session session, http::Request request);
Answer release_outbox(const Api& api, Session session, http::Request request);

Answer create_webhook_endpoint(const Api& api, Session session, http::Request request);
Answer list_webhook_endpoints(const Api& api, Session session, http::Request request);
Answer get_webhook_endpoint(const Api& api, Session session, http::Request request);
Answer change_webhook_endpoint(const Api& api, Session session, http::Request request);
Answer rotate_webhook_secret(const Api& api, Session session, http::Request request);
Answer disable_webhook_endpoint(const Api& api, Session session, http::Request request);
Answer enable_webhook_endpoint(const Api& api, Session session, http::Request request);
Answer list_webhook_deliveries(const Api& api, Session session, http::Request request);
Answer replay_webhook_endpoint(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
