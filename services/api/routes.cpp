#include "services/api/routes.hpp"

#include "services/api/endpoints/accounts.hpp"
#include "services/api/endpoints/audit.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/endpoints/effects.hpp"
#include "services/api/endpoints/files.hpp"
#include "services/api/endpoints/log.hpp"
#include "services/api/endpoints/papers.hpp"
#include "services/api/endpoints/parties.hpp"
#include "services/api/endpoints/payments.hpp"
#include "services/api/endpoints/prices.hpp"
#include "services/api/endpoints/reports.hpp"
#include "services/api/endpoints/rules.hpp"
#include "services/api/endpoints/sources.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/openapi.hpp"
#include "services/api/support/endpoint.hpp"
#include "services/api/support/event_import.hpp"

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
    {Method::kGet, "/v1/tasks/{id}.ics", Right::kRead, get_task_invitation},
    {Method::kGet, "/v1/today", Right::kRead, get_today},
    {Method::kPost, "/v1/deals/{id}/quotes", Right::kWrite, draft_quote},
    {Method::kGet, "/v1/quotes/{id}", Right::kRead, get_quote},
    {Method::kPost, "/v1/quotes/{id}/revise", Right::kWrite, revise_quote},
    {Method::kPost, "/v1/quotes/{id}/submit", Right::kWrite, submit_quote},
    {Method::kPost, "/v1/quotes/{id}/approve", Right::kWrite, approve_quote},
    {Method::kPost, "/v1/quotes/{id}/decline", Right::kWrite, decline_quote},
    {Method::kPost, "/v1/quotes/{id}/send", Right::kWrite, send_quote},
    {Method::kPost, "/v1/quotes/{id}/accept", Right::kWrite, accept_quote},
    {Method::kPost, "/v1/quotes/{id}/reject", Right::kWrite, reject_quote},
    {Method::kPost, "/v1/deals/{id}/documents", Right::kWrite, add_document},
    {Method::kPost, "/v1/documents/{id}/sign", Right::kWrite, sign_document},
    {Method::kPost, kFilesOfDeal, Right::kWrite, attach_file},
    {Method::kGet, "/v1/files/{id}", Right::kRead, get_file},
    {Method::kDelete, "/v1/files/{id}", Right::kAdmin, delete_file},
    {Method::kPost, "/v1/deals/{id}/acknowledgements", Right::kWrite, give_acknowledgement},
    {Method::kPost, "/v1/deals/{id}/invoices", Right::kWrite, issue_invoice},
    {Method::kGet, "/v1/invoices/{id}", Right::kRead, get_invoice},
    {Method::kPost, "/v1/invoices/{id}/send", Right::kWrite, send_invoice},
    {Method::kPost, "/v1/invoices/{id}/void", Right::kWrite, void_invoice},
};

constexpr RouteLine kPapers[] = {
    {Method::kPost, "/v1/legal-entities", Right::kAdmin, register_legal_entity},
    {Method::kGet, "/v1/legal-entities", Right::kRead, list_legal_entities},
    {Method::kGet, "/v1/legal-entities/{id}", Right::kRead, get_legal_entity},
    {Method::kPatch, "/v1/legal-entities/{id}", Right::kAdmin, change_legal_entity},
    {Method::kGet, "/v1/document-templates", Right::kRead, list_templates},
    {Method::kGet, "/v1/document-templates/{code}", Right::kRead, get_template},
    {Method::kPut, "/v1/document-templates/{code}", Right::kPublish, publish_template},
    {Method::kDelete, "/v1/document-templates/{code}", Right::kPublish, withdraw_template},
    {Method::kPost, "/v1/document-templates/{code}/preview", Right::kRead, preview_template},
    {Method::kPost, "/v1/quotes/{id}/document", Right::kWrite, issue_quote_document},
    {Method::kGet, "/v1/quotes/{id}.pdf", Right::kRead, get_quote_pdf},
    {Method::kPost, "/v1/invoices/{id}/document", Right::kWrite, issue_invoice_document},
    {Method::kGet, "/v1/invoices/{id}.pdf", Right::kRead, get_invoice_pdf},
    {Method::kPost, "/v1/documents/{id}/issue", Right::kWrite, issue_added_document},
    {Method::kGet, "/v1/documents/{id}", Right::kRead, get_issued_document},
    {Method::kGet, "/v1/documents/{id}.pdf", Right::kRead, get_document_pdf},
    {Method::kPost, "/v1/documents/{id}/links", Right::kWrite, create_document_link},
    {Method::kDelete, "/v1/documents/{id}/links", Right::kWrite, revoke_document_links},
};

constexpr RouteLine kPrices[] = {
    {Method::kPost, "/v1/products", Right::kWrite, add_product},
    {Method::kGet, "/v1/products", Right::kRead, list_products},
    {Method::kGet, "/v1/products/{id}", Right::kRead, get_product},
    {Method::kPatch, "/v1/products/{id}", Right::kWrite, change_product},
    {Method::kPost, "/v1/products:import", Right::kWrite, import_products},
    {Method::kGet, "/v1/approvals", Right::kRead, list_approvals},
};

constexpr RouteLine kMoney[] = {
    {Method::kPost, "/v1/payments", Right::kWrite, receive_payment},
    {Method::kGet, "/v1/payments", Right::kRead, list_payments},
    {Method::kGet, "/v1/payments/{id}", Right::kRead, get_payment},
    {Method::kPost, "/v1/payments/{id}/match", Right::kWrite, match_payment},
    {Method::kPost, "/v1/payments/{id}/refund", Right::kWrite, refund_payment},
};

constexpr RouteLine kParties[] = {
    {Method::kPost, "/v1/people", Right::kWrite, register_person},
    {Method::kGet, "/v1/people", Right::kRead, list_people},
    {Method::kGet, "/v1/people/{id}", Right::kRead, get_person},
    {Method::kPatch, "/v1/people/{id}", Right::kWrite, change_person},
    {Method::kPost, "/v1/people/{id}/merge", Right::kWrite, merge_people},
    {Method::kPost, "/v1/people/{id}/erase", Right::kAdmin, erase_person},
    {Method::kGet, "/v1/people/{id}/timeline", Right::kRead, person_timeline},
    {Method::kPost, "/v1/companies", Right::kWrite, register_company},
    {Method::kGet, "/v1/companies", Right::kRead, list_companies},
    {Method::kGet, "/v1/companies/{id}", Right::kRead, get_company},
    {Method::kPatch, "/v1/companies/{id}", Right::kWrite, change_company},
    {Method::kPost, "/v1/companies/{id}/merge", Right::kWrite, merge_companies},
    {Method::kGet, "/v1/companies/{id}/timeline", Right::kRead, company_timeline},
    {Method::kGet, "/v1/deals/{id}/timeline", Right::kRead, deal_timeline},
};

constexpr RouteLine kAccounts[] = {
    {Method::kPost, "/v1/users", Right::kAdmin, register_user},
    {Method::kGet, "/v1/users", Right::kRead, list_users},
    {Method::kGet, "/v1/users/{id}", Right::kRead, get_user},
    {Method::kPatch, "/v1/users/{id}", Right::kAdmin, change_user},
    {Method::kPost, "/v1/users/{id}/absences", Right::kWrite, record_absence},
    {Method::kGet, "/v1/users/{id}/absences", Right::kRead, list_absences},
    {Method::kDelete, "/v1/users/{id}/absences/{absence}", Right::kWrite, withdraw_absence},
    {Method::kPost, "/v1/tokens", Right::kAdmin, issue_token},
    {Method::kGet, "/v1/tokens", Right::kAdmin, list_tokens},
    {Method::kDelete, "/v1/tokens/{id}", Right::kAdmin, revoke_token},
};

constexpr RouteLine kSources[] = {
    {Method::kPost, "/v1/sources", Right::kAdmin, connect_source},
    {Method::kGet, "/v1/sources", Right::kRead, list_sources},
    {Method::kGet, "/v1/sources/{id}", Right::kRead, get_source},
    {Method::kPatch, "/v1/sources/{id}", Right::kAdmin, change_source},
    {Method::kDelete, "/v1/sources/{id}", Right::kAdmin, remove_source},
    {Method::kPost, "/v1/sources/{id}/try", Right::kAdmin, try_source},
    {Method::kGet, "/v1/sources/{id}/deliveries", Right::kRead, list_deliveries},
    {Method::kPost, "/v1/sources/{id}/replay", Right::kAdmin, replay_source},
    {Method::kGet, "/v1/sources/{id}/fetches", Right::kRead, list_fetches},
    {Method::kPost, "/v1/fetches/{id}/retry", Right::kAdmin, retry_fetch},
    {Method::kGet, "/v1/deliveries/{id}", Right::kRead, get_delivery},
    {Method::kPost, "/v1/deliveries/{id}/replay", Right::kAdmin, replay_delivery},
};

constexpr RouteLine kRules[] = {
    {Method::kGet, "/v1/rules", Right::kRead, list_rules},
    {Method::kPost, "/v1/rules", Right::kPublish, publish_rule},
    {Method::kDelete, "/v1/rules/{id}", Right::kPublish, remove_rule},
    {Method::kPost, "/v1/rules/{id}/mode", Right::kPublish, set_rule_mode},
    {Method::kPost, "/v1/rules/backtest", Right::kPublish, start_backtest},
    {Method::kGet, "/v1/rules/backtest/{id}", Right::kPublish, get_backtest},
    {Method::kDelete, "/v1/rules/backtest/{id}", Right::kPublish, cancel_backtest},
    {Method::kGet, "/v1/notifications", Right::kRead, list_notifications},
};

constexpr RouteLine kEffects[] = {
    {Method::kGet, "/v1/effects", Right::kRead, list_effects},
    {Method::kGet, "/v1/effects/{id}", Right::kRead, get_effect},
    {Method::kGet, "/v1/dead-letters", Right::kRead, list_dead_letters},
    {Method::kPost, "/v1/dead-letters/{id}/retry", Right::kWrite, retry_dead_letter},
    {Method::kPost, "/v1/dead-letters/{id}/drop", Right::kWrite, drop_dead_letter},
    {Method::kGet, "/v1/outbox", Right::kRead, get_outbox},
    {Method::kPost, "/v1/outbox/{channel}/release", Right::kAdmin, release_outbox},
    {Method::kPost, "/v1/webhook-endpoints", Right::kAdmin, create_webhook_endpoint},
    {Method::kGet, "/v1/webhook-endpoints", Right::kRead, list_webhook_endpoints},
    {Method::kGet, "/v1/webhook-endpoints/{id}", Right::kRead, get_webhook_endpoint},
    {Method::kPatch, "/v1/webhook-endpoints/{id}", Right::kAdmin, change_webhook_endpoint},
    {Method::kPost, "/v1/webhook-endpoints/{id}/rotate", Right::kAdmin, rotate_webhook_secret},
    {Method::kPost, "/v1/webhook-endpoints/{id}/disable", Right::kAdmin, disable_webhook_endpoint},
    {Method::kPost, "/v1/webhook-endpoints/{id}/enable", Right::kAdmin, enable_webhook_endpoint},
    {Method::kGet, "/v1/webhook-endpoints/{id}/deliveries", Right::kRead, list_webhook_deliveries},
    {Method::kPost, "/v1/webhook-endpoints/{id}/replay", Right::kAdmin, replay_webhook_endpoint},
};

constexpr RouteLine kReports[] = {
    {Method::kGet, "/v1/pipelines/{code}", Right::kRead, get_pipeline},
    {Method::kPut, "/v1/pipelines/{code}", Right::kPublish, publish_pipeline},
    {Method::kPost, "/v1/pipelines/{code}/check", Right::kRead, check_pipeline},
    {Method::kGet, "/v1/board", Right::kRead, get_board},
    {Method::kGet, "/v1/reports/leaks", Right::kRead, get_leaks},
    {Method::kGet, "/v1/reports/leaks/{lamp}", Right::kRead, list_leaks},
    {Method::kGet, "/v1/events", Right::kRead, list_events},
    {Method::kGet, "/v1/events/{id}/why", Right::kRead, why_event},
    {Method::kGet, "/v1/log/head", Right::kRead, get_log_head},
    {Method::kGet, "/v1/log/proof", Right::kRead, prove_position},
    {Method::kGet, "/v1/log/consistency", Right::kRead, prove_consistency},
};

void add_all(http::Router& router, const Api& api, std::span<const RouteLine> lines) {
  for (const RouteLine& line : lines) {
    add(router, api, line.method, line.pattern, line.right, line.endpoint);
  }
}

}  // namespace

void add_routes(http::Router& router, const Api& api) {
  add_all(router, api, kDeals);
  for (const auto& family :
       {std::span<const RouteLine>(kWork), std::span<const RouteLine>(kPapers),
        std::span<const RouteLine>(kMoney), std::span<const RouteLine>(kPrices),
        std::span<const RouteLine>(kParties), std::span<const RouteLine>(kAccounts),
        std::span<const RouteLine>(kSources), std::span<const RouteLine>(kRules),
        std::span<const RouteLine>(kEffects), std::span<const RouteLine>(kReports)}) {
    add_all(router, api, family);
  }
  add(router, api, Method::kPost, "/v1/events:import", Right::kImport, import_events,
      {.body_limit = limits::kImportBodyBytes});
  add_customer_routes(router, api);
  add_documentation_routes(router);
}

}  // namespace dealog::api
