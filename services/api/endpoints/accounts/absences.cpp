// /v1/users/{id}/absences
#include "libs/command/use_cases/absences.hpp"

#include "dealog/v1/absence_events.pb.h"
#include "services/api/endpoints/accounts.hpp"
#include "services/api/support/party_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::string_view kKinds[] = {"vacation", "illness", "other"};

Result<use_cases::AbsenceInput> read_absence(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  use_cases::AbsenceInput input;
  input.first = in.required_date("from");
  input.last = in.required_date("to");
  input.kind = in.optional_one_of("kind", kKinds).value_or("other");
  TRY(document.finish());
  return input;
}

// As whoever recorded it knows it: nothing is masked from him.
json::object render_recorded(const v1::AbsenceRecorded& recorded) {
  return render(views::UsersAbsence{.id = recorded.absence(),
                                    .first_day = recorded.first_day(),
                                    .last_day = recorded.last_day(),
                                    .time_zone = recorded.time_zone(),
                                    .begins_at = {recorded.begins_at()},
                                    .ends_at = {recorded.ends_at()},
                                    .kind = {TextState::kShown, recorded.kind()}});
}

}  // namespace

Answer record_absence(const Api& api, Session session, http::Request request) {
  const UserId id = CO_TRY(part_of_path<UserId>(request, "user"));
  const auto input = CO_TRY(read_absence(request));
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "record_absence", id.text()),
                       [&](Unit& unit) { return use_cases::record_absence(unit, id, input); }));
  const RecordedEvent event = CO_TRY(appended<v1::AbsenceRecorded>(api, done.outcome));
  co_return written(201, render_recorded(*event.as<v1::AbsenceRecorded>()), done.outcome);
}

Answer list_absences(const Api& api, Session session, http::Request request) {
  const UserId id = CO_TRY(part_of_path<UserId>(request, "user"));
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::AccountsView(rows.context()).absences(id.text()));
    if (!found) return not_found(session.language, "user", id.text());
    json::array items;
    for (const auto& absence : *found) items.push_back(render(absence));
    return http::Response::json(200, json::value(json::object{{"items", std::move(items)}}));
  });
}

Answer withdraw_absence(const Api& api, Session session, http::Request request) {
  const UserId id = CO_TRY(part_of_path<UserId>(request, "user"));
  const auto absence = AbsenceId::parse(request.param("absence"));
  if (!absence) {
    co_return not_found(session.language, "absence", request.param("absence"));
  }
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "withdraw_absence", id.text()),
      [&](Unit& unit) { return use_cases::withdraw_absence(unit, id, *absence); }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
