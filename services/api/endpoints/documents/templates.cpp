// /v1/document-templates
#include "libs/command/use_cases/legal_entities.hpp"
#include "libs/documents/pdf.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/http/conditional.hpp"
#include "services/api/endpoints/documents/pdf_answer.hpp"
#include "services/api/endpoints/papers.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {
namespace {

using document::TemplateState;
using documents::TemplateCode;

Result<TemplateCode> code_of_path(const http::Request& request) {
  const auto code = documents::template_code_of(request.param("code"));
  if (!code) return not_found(request.language(), "template", request.param("code"));
  return *code;
}

json::object render(TemplateCode code, const TemplateState& state, bool with_text) {
  const auto in_force = document::in_force(state, code);
  json::object out = {{"code", code.text()},
                      {"kind", documents::kind_name(code.kind)},
                      {"language", documents::language_name(code.language)},
                      {"own", state.own()},
                      {"version", in_force.version},
                      {"sha256", in_force.sha256}};
  if (with_text) out["yaml"] = in_force.yaml;
  return out;
}

Answer change_template(const Api& api, Session session, http::Request request, std::string yaml) {
  const TemplateCode code = CO_TRY(code_of_path(request));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const StreamName stream = document::stream_of(code);
  auto asked = command_of(session, request, "publish_template", stream);
  const auto outcome = CO_TRY(co_await execute_plain(
      api, std::move(asked),
      [&, command = document::PublishTemplate{code, yaml}](Unit& unit) -> Result<void> {
        if (if_match.present()) {
          TRY(unit.load<TemplateState>(stream));
          TRY(if_match.check(unit.version_of(stream).value));
        }
        return use_cases::publish_template(unit, command);
      }));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().as_of<TemplateState>(stream, outcome.last));
    return written(200, json::value(render(code, *state, true)), outcome, state.version().value);
  });
}

}  // namespace

Answer list_templates(const Api& api, Session, http::Request request) {
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    json::array items;
    for (const TemplateCode& code : documents::all_template_codes()) {
      const auto state = TRY(api.bus.folds().current<TemplateState>(document::stream_of(code)));
      items.push_back(render(code, *state, false));
    }
    return http::Response::json(
        200, json::value(json::object{{"items", std::move(items)}, {"next_cursor", nullptr}}));
  });
}

Answer get_template(const Api& api, Session, http::Request request) {
  const TemplateCode code = CO_TRY(code_of_path(request));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().current<TemplateState>(document::stream_of(code)));
    return http::Response::json(200, json::value(render(code, *state, true)))
        .with("ETag", http::etag_of(state.version().value));
  });
}

Answer publish_template(const Api& api, Session session, http::Request request) {
  if (request.body.empty()) {
    co_return refuse(session.language, ErrorKind::kInvalid, "template_empty",
                     "пришлите текст шаблона (YAML); DELETE возвращает встроенный",
                     "send the template's text (YAML); DELETE brings the built-in one back");
  }
  std::string yaml = request.body;
  co_return co_await change_template(api, std::move(session), std::move(request), std::move(yaml));
}

Answer withdraw_template(const Api& api, Session session, http::Request request) {
  co_return co_await change_template(api, std::move(session), std::move(request), "");
}

Answer preview_template(const Api& api, Session session, http::Request request) {
  const TemplateCode code = CO_TRY(code_of_path(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    std::string yaml = request.body;
    if (yaml.empty()) {
      const auto state = TRY(api.bus.folds().current<TemplateState>(document::stream_of(code)));
      yaml = document::in_force(*state, code).yaml;
    }
    const auto how = TRY(document::sound_template(yaml, session.language));
    auto pdf = TRY(documents::render_pdf(how, documents::sample_document(code)));
    return pdf_answer(std::move(pdf.bytes), code.text() + "-preview")
        .with("Dealog-Pages", std::to_string(pdf.pages));
  });
}

}  // namespace dealog::api
