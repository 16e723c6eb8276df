// GET /v1/reports/leaks and /v1/reports/leaks/{lamp}
#include "projections/leaks/leaks_view.hpp"
#include "services/api/endpoints/reports.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

// That the lamps are lit from.
constexpr ViewNames kViews = {"deals", "accounts", "payments", "intake", "effects"};

struct Asked {
  views::LeakFilter filter;
  PageRequest page;
};

Result<Asked> read_query(const http::Request& request, bool paged) {
  http::QueryReader in(request);
  Asked asked;
  asked.filter.pipeline = text_of(in, "pipeline");
  asked.filter.owner = text_of(in, "owner");
  asked.filter.source = text_of(in, "source");
  if (paged) asked.page = page_of(in);
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  TRY(in.finish());
  return asked;
}

Result<void> check(const Api& api, const Session& session, const views::LeakFilter& filter) {
  return FilterCheck(api, session).pipeline(filter.pipeline).user("owner", filter.owner).result();
}

json::object render(const views::Lamp& lamp) {
  return {{"code", views::code_of(lamp.code)},
          {"count", lamp.count},
          {"amounts", api::render(lamp.amounts)},
          {"oldest_at", api::render(lamp.oldest_at)}};
}

json::object render(const views::Leak& leak) {
  json::object out{
      {"id", leak.id}, {"since", api::render(leak.since)}, {"amount", api::render(leak.amount)}};
  const auto put = [&out](std::string_view name, const std::string& value) {
    if (!value.empty()) out[name] = value;
  };
  put("deal", leak.deal);
  put("task", leak.task);
  put("invoice", leak.invoice);
  put("quote", leak.quote);
  put("payment", leak.payment);
  put("delivery", leak.delivery);
  put("fetch", leak.fetch);
  put("effect", leak.effect);
  put("source", leak.source);
  put("pipeline", leak.pipeline);
  put("stage", leak.stage);
  put("owner", leak.owner);
  return out;
}

json::object envelope(const Reading& rows) {
  return {{"position", rows.position().value}, {"as_of", rows.context().at.rfc3339()}};
}

}  // namespace

Answer get_leaks(const Api& api, Session session, http::Request request) {
  const Asked asked = CO_TRY(read_query(request, false));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    TRY(check(api, session, asked.filter));
    const Moment moment = TRY(moment_of(api, request));
    const auto rows = TRY(read_moment(api, session, moment, kViews));
    json::array lamps;
    for (const auto& lamp : TRY(views::LeaksView(rows->context()).lamps(asked.filter))) {
      lamps.push_back(render(lamp));
    }
    json::object body = envelope(*rows);
    body["lamps"] = std::move(lamps);
    return http::Response::json(200, json::value(std::move(body)));
  });
}

Answer list_leaks(const Api& api, Session session, http::Request request) {
  const auto code = views::lamp_of(request.param("lamp"));
  if (!code) {
    co_return fail(ErrorKind::kNotFound, "lamp_not_found",
                   fmt::format("there is no lamp {}; GET /v1/reports/leaks lists them",
                               request.param("lamp").substr(0, limits::kCodeBytes)));
  }
  const Asked asked = CO_TRY(read_query(request, true));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    TRY(check(api, session, asked.filter));
    const Moment moment = TRY(moment_of(api, request));
    const auto rows = TRY(read_moment(api, session, moment, kViews));
    const auto list = TRY(views::LeaksView(rows->context()).list(*code, asked.filter, asked.page));
    json::object body = envelope(*rows);
    body["lamp"] = render(list.lamp);
    const json::object page =
        render_page(list.page, [](const views::Leak& leak) { return render(leak); });
    for (const auto& member : page) body[member.key()] = member.value();
    return http::Response::json(200, json::value(std::move(body)));
  });
}

}  // namespace dealog::api
