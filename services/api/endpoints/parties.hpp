// Endpoints under /v1/people and /v1/companies.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer register_person(const Api& api, Session session, http::Request request);
Answer list_people(const Api& api, Session session, http::Request request);
Answer get_person(const Api& api, Session session, http::Request request);
Answer change_person(const Api& api, Session session, http::Request request);
Answer merge_people(const Api& api, Session session, http::Request request);
Answer erase_person(const Api& api, Session session, http::Request request);

Answer register_company(const Api& api, Session session, http::Request request);
Answer list_companies(const Api& api, Session session, http::Request request);
Answer get_company(const Api& api, Session session, http::Request request);
Answer change_company(const Api& api, Session session, http::Request request);
Answer merge_companies(const Api& api, Session session, http::Request request);

Answer deal_timeline(const Api& api, Session session, http::Request request);
Answer person_timeline(const Api& api, Session session, http::Request request);
Answer company_timeline(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
