#include "services/api/routes.hpp"

#include "services/api/endpoints/deals.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/openapi.hpp"
#include "services/api/support/endpoint.hpp"

namespace dealog::api {
namespace {

using http::Method;
using user::Right;

struct RouteLine {
  Method method;
  std::string_view pattern;
  Right right;
  Endpoint endpoint;
};

constexpr RouteLine kDeals[] = {
    {Method::kPost, "/v1/deals", Right::kWrite, open_deal},
    {Method::kGet, "/v1/deals", Right::kRead, list_deals},
    {Method::kGet, "/v1/deals/{id}", Right::kRead, get_deal},
    {Method::kPatch, "/v1/deals/{id}", Right::kWrite, change_deal},
    {Method::kGet, "/v1/deals/{id}/transitions", Right::kRead, list_transitions},
    {Method::kPost, "/v1/deals/{id}/transitions", Right::kWrite, change_stage},
    {Method::kPost, "/v1/deals/{id}/lose", Right::kWrite, lose_deal},
    {Method::kPost, "/v1/deals/{id}/reopen", Right::kWrite, reopen_deal},
    {Method::kPost, "/v1/deals/{id}/owner", Right::kWrite, assign_owner},
    {Method::kPut, "/v1/deals/{id}/participants/{person}", Right::kWrite, set_participant},
    {Method::kDelete, "/v1/deals/{id}/participants/{person}", Right::kWrite, remove_participant},
};

constexpr RouteLine kWork[] = {
    {Method::kPost, "/v1/deals/{id}/touches", Right::kWrite, record_touch},
    {Method::kPost, "/v1/deals/{id}/tasks", Right::kWrite, create_task},
    {Method::kGet, "/v1/tasks", Right::kRead, list_tasks},
    {Method::kPost, "/v1/tasks/{id}/complete", Right::kWrite, complete_task},
    {Method::kPost, "/v1/tasks/{id}/reschedule", Right::kWrite, reschedule_task},
    {Method::kPost, "/v1/tasks/{id}/reassign", Right::kWrite, reassign_task},
    {Method::kPost, "/v1/tasks/{id}/cancel", Right::kWrite, cancel_task},
    {Method::kGet, "/v1/today", Right::kRead, get_today},
    {Method::kPost, "/v1/deals/{id}/quotes", Right::kWrite, draft_quote},
    {Method::kGet, "/v1/quotes/{id}", Right::kRead, get_quote},
    {Method::kPost, "/v1/quotes/{id}/revise", Right::kWrite, revise_quote},
    {Method::kPost, "/v1/quotes/{id}/submit", Right::kWrite, submit_quote},
    {Method::kPost, "/v1/quotes/{id}/approve", Right::kWrite, approve_quote},
    {Method::kPost, "/v1/quotes/{id}/send", Right::kWrite, send_quote},
    {Method::kPost, "/v1/quotes/{id}/accept", Right::kWrite, accept_quote},
    {Method::kPost, "/v1/quotes/{id}/reject", Right::kWrite, reject_quote},
    {Method::kPost, "/v1/deals/{id}/documents", Right::kWrite, add_document},
    {Method::kPost, "/v1/documents/{id}/sign", Right::kWrite, sign_document},
    {Method::kPost, "/v1/deals/{id}/acknowledgements", Right::kWrite, give_acknowledgement},
    {Method::kPost, "/v1/deals/{id}/invoices", Right::kWrite, issue_invoice},
    {Method::kGet, "/v1/invoices/{id}", Right::kRead, get_invoice},
    {Method::kPost, "/v1/invoices/{id}/send", Right::kWrite, send_invoice},
    {Method::kPost, "/v1/invoices/{id}/void", Right::kWrite, void_invoice},
};

void add_all(http::Router& router, const Api& api, std::span<const RouteLine> lines) {
  for (const RouteLine& line : lines) {
    add(router, api, line.method, line.pattern, line.right, line.endpoint);
  }
}

}  // namespace

void add_routes(http::Router& router, const Api& api) {
  add_all(router, api, kDeals);
  add_all(router, api, kWork);
  add_documentation_routes(router);
}

}  // namespace dealog::api
