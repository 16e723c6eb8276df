// POST /v1/deals/{id}/owner, PUT and DELETE /v1/deals/{id}/participants/{person}
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/support/deal_answer.hpp"

namespace dealog::api {
namespace {

constexpr Place kOwner[] = {{"user_not_found", "/owner"}};

Result<deal::AssignDealOwner> read_owner(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  deal::AssignDealOwner command{.owner = document.object().required_id<UserId>("owner")};
  TRY(document.finish());
  return command;
}

Result<deal::SetParticipant> read_participant(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  deal::SetParticipant command{.person = TRY(PersonId::parse(request.param("person"))),
                               .role = document.object().required_code("role")};
  TRY(document.finish());
  return command;
}

}  // namespace

Answer assign_owner(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_owner(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "assign_owner",
                                     std::move(command), kOwner);
}

Answer set_participant(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_participant(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "set_participant",
                                     std::move(command));
}

Answer remove_participant(const Api& api, Session session, http::Request request) {
  deal::Command command =
      deal::RemoveParticipant{.person = CO_TRY(PersonId::parse(request.param("person")))};
  co_return co_await change_and_show(api, std::move(session), std::move(request),
                                     "remove_participant", std::move(command));
}

}  // namespace dealog::api
