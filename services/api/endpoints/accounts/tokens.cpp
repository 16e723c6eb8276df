// /v1/tokens
#include "dealog/v1/party_events.pb.h"
#include "libs/command/use_cases/users.hpp"
#include "services/api/endpoints/accounts.hpp"
#include "services/api/endpoints/accounts/read_rights.hpp"
#include "services/api/render/party.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

struct NewToken {
  std::optional<UserId> user;
  std::optional<user::Rights> rights;
  std::string label;
  Timestamp expires_at;
};

Result<NewToken> read_token(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  NewToken input;
  input.user = in.optional_id<UserId>("user");
  input.rights = read_rights(in);
  input.label = in.optional_string("label", limits::kTitleBytes).value_or("");
  input.expires_at = in.optional_time("expires_at").value_or(Timestamp{});
  TRY(document.finish());
  return input;
}

Result<use_cases::IssuedToken> issue(Unit& unit, const UserId& user, const NewToken& input) {
  const user::State* state = TRY(unit.load<user::State>(user.text()));
  return use_cases::issue_token(unit, user,
                                {.rights = input.rights.value_or(state->rights),
                                 .label = input.label,
                                 .expires_at = input.expires_at});
}

// A repetition finds no token text: it was shown once and is not kept.
json::object render_issued(const v1::TokenIssued& issued, const UserId& user,
                           const std::optional<use_cases::IssuedToken>& shown_once) {
  json::array rights;
  for (const auto& right : issued.rights()) rights.push_back(json::string(right));
  return {
      {"id", issued.token()},
      {"user", user.text()},
      {"rights", std::move(rights)},
      {"label", or_null(issued.label())},
      {"expires_at", render(Timestamp{issued.expires_at()})},
      {"token", shown_once ? json::value(json::string(shown_once->text)) : json::value(nullptr)}};
}

}  // namespace

Answer issue_token(const Api& api, Session session, http::Request request) {
  const auto input = CO_TRY(read_token(request));
  const UserId user = input.user.value_or(session.principal.user);
  const auto done =
      CO_TRY(co_await execute(api, command_of(session, request, "issue_token", user.text()),
                              [&](Unit& unit) { return issue(unit, user, input); }));
  const RecordedEvent event = CO_TRY(appended<v1::TokenIssued>(api, done.outcome));
  co_return written(201, render_issued(*event.as<v1::TokenIssued>(), user, done.value),
                    done.outcome);
}

Answer list_tokens(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string user = text_of(in, "user");
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(FilterCheck(api, session).user("user", user).result());
    const auto found = TRY(views::AccountsView(rows.context()).tokens(user, page));
    return http::Response::json(
        200, json::value(
                 render_page(found, [](const views::AccessToken& item) { return render(item); })));
  });
}

Answer revoke_token(const Api& api, Session session, http::Request request) {
  const TokenId id = CO_TRY(part_of_path<TokenId>(request, "token"));
  const auto outcome = CO_TRY(
      co_await execute_plain(api, command_of(session, request, "revoke_token", id.text()),
                             [id](Unit& unit) { return use_cases::revoke_token(unit, id); }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
