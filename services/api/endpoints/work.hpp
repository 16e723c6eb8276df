// Endpoints of what is done on a deal: touches, tasks, quotes, documents, invoices.
#pragma once

#include "services/api/support/endpoint.hpp"

namespace dealog::api {

Answer record_touch(const Api& api, Session session, http::Request request);

Answer create_task(const Api& api, Session session, http::Request request);
Answer list_tasks(const Api& api, Session session, http::Request request);
Answer complete_task(const Api& api, Session session, http::Request request);
Answer reschedule_task(const Api& api, Session session, http::Request request);
Answer reassign_task(const Api& api, Session session, http::Request request);
Answer cancel_task(const Api& api, Session session, http::Request request);
Answer get_task_invitation(const Api& api, Session session, http::Request request);
Answer get_today(const Api& api, Session session, http::Request request);

Answer draft_quote(const Api& api, Session session, http::Request request);
Answer get_quote(const Api& api, Session session, http::Request request);
Answer revise_quote(const Api& api, Session session, http::Request request);
Answer submit_quote(const Api& api, Session session, http::Request request);
Answer approve_quote(const Api& api, Session session, http::Request request);
Answer decline_quote(const Api& api, Session session, http::Request request);
Answer send_quote(const Api& api, Session session, http::Request request);
Answer accept_quote(const Api& api, Session session, http::Request request);
Answer reject_quote(const Api& api, Session session, http::Request request);

Answer add_document(const Api& api, Session session, http::Request request);
Answer sign_document(const Api& api, Session session, http::Request request);
Answer give_acknowledgement(const Api& api, Session session, http::Request request);

Answer issue_invoice(const Api& api, Session session, http::Request request);
Answer get_invoice(const Api& api, Session session, http::Request request);
Answer send_invoice(const Api& api, Session session, http::Request request);
Answer void_invoice(const Api& api, Session session, http::Request request);

}  // namespace dealog::api
