// GET /v1/deals
#include "projections/contacts/contacts_view.hpp"
#include "projections/deals/deals_view.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

struct Asked {
  views::DealFilter filter;
  PageRequest page;
};

Result<Asked> read_query(const http::Request& request, const Session& session) {
  static constexpr std::string_view kOutcomes[] = {"open", "won", "lost"};
  static constexpr std::string_view kNextSteps[] = {"none", "overdue", "today", "planned"};
  http::QueryReader in(request);
  Asked asked;
  asked.filter.pipeline = text_of(in, "pipeline");
  asked.filter.stage = text_of(in, "stage");
  asked.filter.owner = text_of(in, "owner");
  asked.filter.source = text_of(in, "source");
  asked.filter.outcome = in.optional_one_of("outcome", kOutcomes).value_or("");
  if (const auto step = in.optional_one_of("next_step", kNextSteps)) {
    asked.filter.next_step = views::next_step_state(*step);
  }
  asked.filter.q = TRY(search_text(in, session));
  asked.filter.updated_after = in.optional_time("updated_after");
  asked.page = page_of(in);
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  TRY(in.finish());
  return asked;
}

}  // namespace

Answer list_deals(const Api& api, Session session, http::Request request) {
  Asked asked = CO_TRY(read_query(request, session));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    TRY(FilterCheck(api, session)
            .pipeline(asked.filter.pipeline)
            .stage(asked.filter.pipeline, asked.filter.stage)
            .user("owner", asked.filter.owner)
            .result());
    const Moment moment = TRY(moment_of(api, request));
    const auto rows = asked.filter.q.empty()
                          ? TRY(read_moment(api, session, moment, {"deals"}))
                          : TRY(read_moment(api, session, moment, {"deals", "contacts"}));
    if (!asked.filter.q.empty()) {
      asked.filter.q_contacts = TRY(views::ContactsView(rows->context()).find(asked.filter.q));
    }
    const auto page = TRY(views::DealsView(rows->context()).list(asked.filter, asked.page));
    return http::Response::json(
        200, json::value(render_page(page, [](const views::Deal& deal) { return render(deal); })));
  });
}

}  // namespace dealog::api
