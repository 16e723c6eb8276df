// Endpoints of printed documents: who sells, how papers look, issuing them, showing them.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer register_legal_entity(const Api& api, Session session, http::Request request);
Answer list_legal_entities(const Api& api, Session session, http::Request request);
Answer get_legal_entity(const Api& api, Session session, http::Request request);
Answer change_legal_entity(const Api& api, Session session, http::Request request);

Answer list_templates(const Api& api, Session session, http::Request request);
Answer get_template(const Api& api, Session session, http::Request request);
Answer publish_template(const Api& api, Session session, http::Request request);
Answer withdraw_template(const Api& api, Session session, http::Request request);
Answer preview_template(const Api& api, Session session, http::Request request);

Answer issue_quote_document(const Api& api, Session session, http::Request request);
Answer issue_invoice_document(const Api& api, Session session, http::Request request);
Answer issue_added_document(const Api& api, Session session, http::Request request);
Answer get_issued_document(const Api& api, Session session, http::Request request);
Answer get_quote_pdf(const Api& api, Session session, http::Request request);
Answer get_invoice_pdf(const Api& api, Session session, http::Request request);
Answer get_document_pdf(const Api& api, Session session, http::Request request);

Answer create_document_link(const Api& api, Session session, http::Request request);
Answer revoke_document_links(const Api& api, Session session, http::Request request);
// GET /documents/{token}, for whoever has the address; not authenticated.
void add_customer_routes(http::Router& router, const Api& api);

}  // namespace dealog::api
