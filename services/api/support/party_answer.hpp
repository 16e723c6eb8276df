// Answers that show a person, a company or a user as a command left it.
#pragma once

#include "services/api/render/party.hpp"
#include "services/api/support/endpoint.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {

// Errors: kNotFound "person_not_found" | "company_not_found" | "user_not_found".
Result<views::Person> find_party(const Reading& rows, const PersonId& id);
Result<views::Company> find_party(const Reading& rows, const CompanyId& id);
Result<views::User> find_party(const Reading& rows, const UserId& id);

template <class Id>
auto read_party_after(const Api& api, const Session& session, const Id& id,
                      const Outcome& outcome) {
  using Party = decltype(find_party(std::declval<const Reading&>(), id));
  return [&]() -> Party {
    const auto version = outcome.version_of(id.text());
    if (!outcome.existed) {
      const auto rows = TRY(read_now(api, session));
      auto party = TRY(find_party(*rows, id));
      if (!version || party.version == version->value) return party;
    }
    const auto rows =
        TRY(read_stream_as_of(api, session, id.text(), outcome.last, api.clock().now()));
    return find_party(*rows, id);
  }();
}

template <class Id>
Answer show_party_after(const Api& api, const Session& session, const http::Request& request, Id id,
                        Outcome outcome, int status) {
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  const auto party = CO_TRY(
      co_await on_pool(api.reads, [&] { return read_party_after(api, session, id, outcome); }));
  co_return written(status, render(party), outcome, party.version);
}

template <class Id>
Answer show_party(const Api& api, Session session, Id id) {
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto party = TRY(find_party(rows, id));
    return http::Response::json(200, json::value(render(party)))
        .with("ETag", http::etag_of(party.version));
  });
}

// If-Match against the version of a stream that the unit loads anyway.
template <class State>
Result<void> check_if_match(Unit& unit, const http::IfMatch& if_match, std::string_view stream) {
  if (!if_match.present()) return {};
  TRY(unit.load<State>(stream));
  return if_match.check(unit.version_of(stream).value);
}

}  // namespace dealog::api
