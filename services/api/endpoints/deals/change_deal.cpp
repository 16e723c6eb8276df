// PATCH /v1/deals/{id}
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/support/deal_answer.hpp"
#include "services/api/support/deal_fields.hpp"

namespace dealog::api {
namespace {

constexpr Place kPlaces[] = {{"user_not_found", "/owner"}, {"company_not_found", "/company"}};

Result<deal::ChangeDealDetails> read_input(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  deal::ChangeDealDetails command{read_details(document.object())};
  TRY(document.finish());
  return command;
}

}  // namespace

Answer change_deal(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_input(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "change_deal",
                                     std::move(command), kPlaces);
}

}  // namespace dealog::api
