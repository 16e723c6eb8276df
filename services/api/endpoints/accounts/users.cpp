// /v1/users
#include "libs/command/use_cases/users.hpp"

#include "dealog/v1/party_events.pb.h"
#include "services/api/endpoints/accounts.hpp"
#include "services/api/endpoints/accounts/read_rights.hpp"
#include "services/api/support/party_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::string_view kRoles[] = {"owner", "supervisor", "seller", "marketing", "integration"};
constexpr std::string_view kDefaultZone = "Europe/Moscow";

Result<user::RegisterUser> read_user(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  user::RegisterUser command;
  command.name = in.required_string("name", limits::kTitleBytes);
  command.email = in.optional_string("email", limits::kTitleBytes).value_or("");
  command.role = in.optional_one_of("role", kRoles).value_or("seller");
  command.time_zone =
      in.optional_string("time_zone", limits::kCodeBytes).value_or(std::string(kDefaultZone));
  command.team = in.optional_code("team").value_or("");
  command.calendar = in.optional_code("calendar").value_or("");
  command.skills = in.string_array("skills", user::kSkills, limits::kCodeBytes);
  command.telegram = in.optional_string("telegram", limits::kCodeBytes).value_or("");
  // A supervisor approves discounts, which is what `override` is for.
  user::Rights usual{user::Right::kRead, user::Right::kWrite, user::Right::kPersonal};
  if (command.role == "supervisor") usual = usual.joined({user::Right::kOverride});
  command.rights = read_rights(in).value_or(usual);
  TRY(document.finish());
  return command;
}

struct UserChange {
  user::ChangeUserDetails details;
  std::optional<bool> active;
};

Result<UserChange> read_change(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  UserChange change;
  change.details.name = in.optional_string("name", limits::kTitleBytes);
  change.details.email = in.optional_string("email", limits::kTitleBytes);
  if (in.presence("email") == http::Presence::kNull) change.details.email = "";
  change.details.role = in.optional_one_of("role", kRoles);
  change.details.time_zone = in.optional_string("time_zone", limits::kCodeBytes);
  change.details.team = in.optional_code("team");
  if (in.presence("team") == http::Presence::kNull) change.details.team = "";
  change.details.calendar = in.optional_code("calendar");
  if (in.presence("calendar") == http::Presence::kNull) change.details.calendar = "";
  if (in.presence("skills") != http::Presence::kAbsent) {
    change.details.skills = in.string_array("skills", user::kSkills, limits::kCodeBytes);
  }
  change.details.telegram = in.optional_string("telegram", limits::kCodeBytes);
  if (in.presence("telegram") == http::Presence::kNull) change.details.telegram = "";
  change.details.rights = read_rights(in);
  change.active = in.optional_bool("active");
  TRY(document.finish());
  return change;
}

bool names_nothing(const user::ChangeUserDetails& details) {
  return !details.name && !details.email && !details.role && !details.time_zone && !details.team &&
         !details.calendar && !details.skills && !details.telegram && !details.rights;
}

// What stays as it is is no change, also for one who was deactivated.
Result<void> apply(Unit& unit, const UserId& id, const UserChange& change) {
  const auto* state = TRY(unit.load<user::State>(id.text()));
  const bool ends = change.active == false, gone = state->exists() && !state->active;
  if (gone && ends && names_nothing(change.details)) return {};
  TRY(use_cases::change_user(unit, id, change.details));
  return ends ? use_cases::deactivate_user(unit, id) : Result<void>{};
}

}  // namespace

Answer register_user(const Api& api, Session session, http::Request request) {
  const auto input = CO_TRY(read_user(request));
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "register_user", ""),
                       [&input](Unit& unit) { return use_cases::register_user(unit, input); }));
  const RecordedEvent event = CO_TRY(appended<v1::UserRegistered>(api, done.outcome));
  const UserId id = CO_TRY(UserId::parse(event.stream));
  co_return co_await show_party_after(api, session, request, id, done.outcome, 201);
}

Answer list_users(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::AccountsView(rows.context()).users(page));
    return http::Response::json(
        200, json::value(render_page(found, [](const views::User& item) { return render(item); })));
  });
}

Answer get_user(const Api& api, Session session, http::Request request) {
  const UserId id = CO_TRY(part_of_path<UserId>(request, "user"));
  CO_TRY(no_parameters(request));
  co_return co_await show_party(api, std::move(session), id);
}

Answer change_user(const Api& api, Session session, http::Request request) {
  const UserId id = CO_TRY(part_of_path<UserId>(request, "user"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const auto change = CO_TRY(read_change(request));
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "change_user", id.text()), [&](Unit& unit) -> Result<void> {
        TRY(check_if_match<user::State>(unit, if_match, id.text()));
        return apply(unit, id, change);
      }));
  co_return co_await show_party_after(api, session, request, id, outcome, 200);
}

}  // namespace dealog::api
