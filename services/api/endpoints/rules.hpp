// Endpoints of the automation: rules, their modes, whom they told.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer list_rules(const Api& api, Session session, http::Request request);
Answer publish_rule(const Api& api, Session session, http::Request request);
Answer remove_rule(const Api& api, Session session, http::Request request);
Answer set_rule_mode(const Api& api, Session session, http::Request request);
Answer start_backtest(const Api& api, Session session, http::Request request);
Answer get_backtest(const Api& api, Session session, http::Request request);
Answer cancel_backtest(const Api& api, Session session, http::Request request);
Answer list_notifications(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
