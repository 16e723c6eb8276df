// /v1/pipelines/{code}
#include "libs/command/elsewhere_book.hpp"
#include "libs/command/use_cases/regulations.hpp"
#include "libs/rules/regulation.hpp"
#include "services/api/endpoints/reports.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {
namespace {

json::object render(const rules::RegulationIssue& issue) {
  return {{"severity",
           issue.severity == rules::RegulationIssue::Severity::kError ? "error" : "warning"},
          {"line", issue.line},
          {"column", issue.column},
          {"path", issue.path},
          {"message", issue.message}};
}

// Whether the file is wanted as it was published, rather than what it says.
bool wants_yaml(const http::Request& request) {
  const std::string_view accept = request.headers.get("Accept");
  return accept.contains("application/yaml") || accept.contains("application/x-yaml") ||
         accept.contains("text/yaml");
}

}  // namespace

Answer get_pipeline(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const Moment moment = TRY(moment_of(api, request));
    const std::string code(request.param("code"));
    const auto regulation = moment.past ? TRY(api.regulations.as_of(code, moment.position))
                                        : TRY(api.regulations.current(code));
    if (wants_yaml(request)) {
      return http::Response::bytes("application/yaml; charset=utf-8",
                                   TRY(api.regulations.text(code, regulation->version)))
          .with("ETag", http::etag_of(regulation->version))
          .with("Vary", "Accept");
    }
    return http::Response::json(200, rules::to_json(*regulation))
        .with("ETag", http::etag_of(regulation->version))
        .with("Vary", "Accept");
  });
}

Answer publish_pipeline(const Api& api, Session session, http::Request request) {
  const std::string code(request.param("code"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const auto outcome = CO_TRY(
      co_await execute_plain(api, command_of(session, request, "publish_pipeline", "pip_" + code),
                             [&](Unit& unit) -> Result<void> {
                               if (if_match.present()) {
                                 TRY(unit.load<regulation::State>("pip_" + code));
                                 TRY(if_match.check(unit.version_of("pip_" + code).value));
                               }
                               TRY(use_cases::publish_regulation(unit, code, request.body));
                               return {};
                             }));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto regulation = TRY(api.regulations.as_of(code, outcome.last));
    return written(http::Response::json(200, rules::to_json(*regulation)), outcome,
                   regulation->version);
  });
}

Answer check_pipeline(const Api& api, Session, http::Request request) {
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const ElsewhereBook elsewhere(api.bus.folds());
    const auto parsed = rules::parse_regulation(request.body, {.against = &elsewhere});
    json::array issues;
    for (const auto& issue : parsed.issues) issues.push_back(render(issue));
    return http::Response::json(
        200, json::object{{"sound", parsed.sound()}, {"issues", std::move(issues)}});
  });
}

}  // namespace dealog::api
