// GET and POST /v1/deals/{id}/transitions
#include "libs/command/use_cases/deals.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/deal_answer.hpp"
#include "services/api/support/deal_fields.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr Place kPlaces[] = {{"user_not_found", "/fields/owner"},
                             {"company_not_found", "/fields/company"}};

Result<deal::ChangeDealStage> read_input(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::ChangeDealStage command;
  command.to = in.required_code("to");
  if (auto fields = in.optional_object("fields")) command.fields = read_details(*fields);
  command.reason = in.optional_string("reason", limits::kNoteBytes).value_or("");
  command.override_gates = in.optional_bool("override").value_or(false);
  TRY(document.finish());
  return command;
}

}  // namespace

Answer list_transitions(const Api& api, Session session, http::Request request) {
  const DealId id = CO_TRY(deal_of_path(request));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto options = TRY(use_cases::deal_options(api.bus.folds(), id, session.principal.rights,
                                                     session.principal.actor(), api.clock().now(),
                                                     session.language));
    json::array items;
    for (const auto& option : options) items.push_back(render(option, session.language));
    return http::Response::json(200, json::object{{"items", std::move(items)}});
  });
}

Answer change_stage(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_input(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "change_stage",
                                     std::move(command), kPlaces);
}

}  // namespace dealog::api
