// GET /v1/deals/{id}
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/http/conditional.hpp"
#include "projections/deals/deals_view.hpp"
#include "projections/files/files_view.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/render/file.hpp"
#include "services/api/support/deal_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

// One whose name is gone may have been deleted: who has done so, and why, is kept.
Result<json::array> files_of(const Reading& rows, const DealId& id) {
  json::array out;
  for (const auto& file : TRY(views::FilesView(rows.context()).of_deal(id.text()))) {
    json::object shown = render(file);
    if (file.name.is_shown()) {
      out.push_back(std::move(shown));
      continue;
    }
    const auto file_id = TRY(FileId::parse(file.id));
    const auto deletion = TRY(use_cases::find_deletion(rows.api().bus.folds(), file_id));
    if (deletion) {
      const bool personal = rows.context().personal == PersonalView::kShown;
      shown["deleted"] = render(*deletion, personal);
    }
    out.push_back(std::move(shown));
  }
  return out;
}

Result<http::Response> read(const Api& api, const Session& session, const DealId& id,
                            const Moment& moment) {
  const auto rows =
      moment.past ? TRY(read_stream_as_of(api, session, id.text(), moment.position, moment.at))
                  : TRY(read_now(api, session));
  const auto deal = TRY(views::DealsView(rows->context()).get(id.text()));
  if (!deal) {
    if (!moment.past) return not_found(session.language, "deal", id.text());
    return refuse(session.language, ErrorKind::kNotFound, "deal_not_found",
                  fmt::format("сделки {} тогда не было", id.text()),
                  fmt::format("there was no deal {} then", id.text()));
  }
  json::object body = render(*deal);
  body["files"] = TRY(files_of(*rows, id));
  body["position"] = moment.past ? moment.position.value : rows->position().value;
  return http::Response::json(200, json::value(std::move(body)))
      .with("ETag", http::etag_of(deal->form_version));
}

}  // namespace

Answer get_deal(const Api& api, Session session, http::Request request) {
  const DealId id = CO_TRY(deal_of_path(request));
  http::QueryReader in(request);
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const Moment moment = TRY(moment_of(api, request));
    return read(api, session, id, moment);
  });
}

}  // namespace dealog::api
