// POST /v1/events:import: history in bulk, one JSON object a line
#include "libs/async/on_pool.hpp"
#include "services/api/endpoints/audit.hpp"
#include "services/api/support/event_import.hpp"

namespace dealog::api {
namespace {

namespace json = boost::json;

json::object render(const ImportError& refused) {
  json::array fields;
  for (const auto& field : refused.error.fields) {
    fields.push_back(
        json::object{{"pointer", field.pointer}, {"code", field.code}, {"message", field.message}});
  }
  return {{"line", refused.line},
          {"code", refused.error.code},
          {"message", refused.error.message},
          {"errors", std::move(fields)}};
}

json::object render(const ImportReport& report) {
  json::array errors;
  for (const auto& refused : report.errors) errors.push_back(render(refused));
  json::object answer{{"lines", report.lines},     {"imported", report.imported},
                      {"existed", report.existed}, {"refused", report.refused},
                      {"stopped_at", nullptr},     {"errors", std::move(errors)}};
  if (report.stopped_at > 0) answer["stopped_at"] = report.stopped_at;
  return answer;
}

Result<ImportReport> import(const Api& api, const Session& session, const http::Request& request) {
  EventImport importing(api.bus, {.importer = session.principal.actor().id,
                                  .rights = session.principal.rights,
                                  .language = session.language,
                                  .views = &api.projections});
  importing.add(request.body);
  auto report = importing.finish();
  // Nobody knows what became of the last lines, so this is no report; the same upload again is.
  if (report.stopped) return fail(std::move(*report.stopped));
  return report;
}

}  // namespace

Answer import_events(const Api& api, Session session, http::Request request) {
  const auto report =
      CO_TRY(co_await on_pool(api.imports, [&] { return import(api, session, request); }));
  auto response = http::Response::json(200, render(report));
  if (report.last.value > 0) {
    response.headers.set("Dealog-Position", std::to_string(report.last.value));
  }
  co_return response;
}

}  // namespace dealog::api
