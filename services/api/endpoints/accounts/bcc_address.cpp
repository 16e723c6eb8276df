#include "services/api/endpoints/accounts/bcc_address.hpp"

#include <fmt/format.h>

#include "dealog/v1/mailbox_events.pb.h"
#include "libs/command/use_cases/bcc_addresses.hpp"
#include "libs/domain/common/refusal.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {
namespace {

json::object render(const UserId& user, std::string_view token, std::string_view domain) {
  json::value address = nullptr;
  if (!token.empty()) address = json::string(fmt::format("bcc+{}@{}", token, domain));
  return {{"user", user.text()}, {"address", std::move(address)}};
}

// His own address, or anybody's for an administrator: whoever knows it can write in his name.
Result<UserId> user_of(const Session& session, const http::Request& request,
                       std::string_view domain) {
  const UserId user = TRY(part_of_path<UserId>(request, "user"));
  const bool own = session.principal.user == user && session.has(user::Right::kRead);
  if (!own) TRY(user::require(session.principal.rights, user::Right::kAdmin, session.language));
  if (domain.empty()) {
    return refuse(session.language, ErrorKind::kConflict, "bcc_domain_missing",
                  "не задан домен таких адресов: укажите bcc_domain в разделе [mail] настроек",
                  "no domain is set for such addresses: set bcc_domain under [mail] of the "
                  "configuration");
  }
  return user;
}

Answer show(const Api& api, std::string domain, http::Request request) {
  const Session session = CO_TRY(authenticate(api, request));
  const UserId user = CO_TRY(user_of(session, request, domain));
  CO_TRY(no_parameters(request));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto known = TRY(api.bus.folds().current<user::State>(user.text()));
    if (!known->exists()) return not_found(session.language, "user", user.text());
    const auto state =
        TRY(api.bus.folds().current<bcc_address::State>(bcc_address::address_of(user).text()));
    return http::Response::json(200, json::value(render(user, state->token, domain)));
  });
}

Answer issue(const Api& api, std::string domain, http::Request request) {
  const Session session = CO_TRY(authenticate(api, request));
  const UserId user = CO_TRY(user_of(session, request, domain));
  CO_TRY(read_nothing(request));
  const std::string stream = bcc_address::address_of(user).text();
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "issue_bcc_address", stream),
                       [user](Unit& unit) { return use_cases::issue_bcc_address(unit, user); }));
  const auto event = CO_TRY(appended<v1::BccAddressIssued>(api, done.outcome));
  co_return written(201, render(user, event.as<v1::BccAddressIssued>()->token(), domain),
                    done.outcome);
}

}  // namespace

void add_bcc_address_routes(http::Router& router, const Api& api, const std::string& domain) {
  constexpr std::string_view kPattern = "/v1/users/{id}/bcc-address";
  router.add(http::Method::kGet, kPattern,
             http::ResultHandler([&api, domain](http::Request request) {
               return show(api, domain, std::move(request));
             }));
  router.add(http::Method::kPost, kPattern,
             http::ResultHandler([&api, domain](http::Request request) {
               return issue(api, domain, std::move(request));
             }));
}

}  // namespace dealog::api
