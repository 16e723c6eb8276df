// /v1/people
#include "libs/command/use_cases/people.hpp"

#include "dealog/v1/party_events.pb.h"
#include "libs/command/use_cases/erasure.hpp"
#include "libs/domain/person/person.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/parties.hpp"
#include "services/api/support/party_answer.hpp"
#include "services/api/support/party_input.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::size_t kContactBytes = 320;

std::vector<person::ContactInput> read_contacts(http::ObjectReader& in, std::string_view key) {
  std::vector<person::ContactInput> contacts;
  in.each_object(key, limits::kContacts, [&](http::ObjectReader& contact) {
    contacts.push_back({.kind = contact.optional_code("kind").value_or(""),
                        .text = contact.required_string("value", kContactBytes),
                        .shared = contact.optional_bool("shared").value_or(false)});
  });
  return contacts;
}

Result<use_cases::PersonChange> read_change(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  use_cases::PersonChange change;
  change.details.name = in.optional_string("name", limits::kTitleBytes);
  change.details.position = in.optional_string("position", limits::kTitleBytes);
  if (const auto company = in.optional_id<CompanyId>("company")) {
    change.details.company = company->text();
  }
  change.add = read_contacts(in, "add_contacts");
  if (auto phone = in.optional_string("phone", kContactBytes)) {
    change.add.push_back({.kind = "phone", .text = *phone});
  }
  if (auto email = in.optional_string("email", kContactBytes)) {
    change.add.push_back({.kind = "email", .text = *email});
  }
  change.remove = read_contacts(in, "remove_contacts");
  change.country = in.optional_string("country", 2).value_or(change.country);
  TRY(document.finish());
  return change;
}

Result<use_cases::PersonInput> read_new(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  auto input = read_person(document.object());
  TRY(document.finish());
  return input;
}

Result<PersonId> read_into(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  const PersonId into = document.object().required_id<PersonId>("into");
  TRY(document.finish());
  return into;
}

Result<std::string> read_reason(const http::Request& request) {
  static constexpr std::string_view kReasons[] = {"request", "retention"};
  http::JsonDocument document = TRY(http::read_json(request, true));
  auto reason = document.object().optional_one_of("reason", kReasons).value_or("request");
  TRY(document.finish());
  return reason;
}

}  // namespace

Answer register_person(const Api& api, Session session, http::Request request) {
  const auto input = CO_TRY(read_new(request));
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "register_person", ""),
                       [&input](Unit& unit) { return use_cases::register_person(unit, input); }));
  const AppendedEvent* event = done.outcome.find<v1::PersonRegistered>();
  if (event == nullptr) co_return fail(ErrorKind::kInternal, "event_missing", "no person");
  const PersonId id = CO_TRY(PersonId::parse(event->stream));
  co_return co_await show_party_after(api, session, request, id, done.outcome, 201);
}

Answer list_people(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string q = CO_TRY(search_text(in, session));
  const views::ContactFilter filter{.q = q, .company = text_of(in, "company")};
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::ContactsView(rows.context()).people(filter, page));
    return http::Response::json(
        200,
        json::value(render_page(found, [](const views::Person& item) { return render(item); })));
  });
}

Answer get_person(const Api& api, Session session, http::Request request) {
  const PersonId id = CO_TRY(part_of_path<PersonId>(request, "person"));
  CO_TRY(no_parameters(request));
  co_return co_await show_party(api, std::move(session), id);
}

Answer change_person(const Api& api, Session session, http::Request request) {
  const PersonId id = CO_TRY(part_of_path<PersonId>(request, "person"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const auto change = CO_TRY(read_change(request));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, "change_person", id.text()),
                                    [&](Unit& unit) -> Result<void> {
                                      TRY(check_if_match<person::State>(unit, if_match, id.text()));
                                      return use_cases::change_person(unit, id, change);
                                    }));
  co_return co_await show_party_after(api, session, request, id, outcome, 200);
}

Answer merge_people(const Api& api, Session session, http::Request request) {
  const PersonId id = CO_TRY(part_of_path<PersonId>(request, "person"));
  const PersonId into = CO_TRY(read_into(request));
  auto command = CO_TRY(command_of(session, request, "merge_people", id.text()));
  command.also.push_back(into.text());
  const auto outcome = CO_TRY(co_await execute_plain(api, std::move(command), [&](Unit& unit) {
    return use_cases::merge_people(unit, id, into);
  }));
  co_return co_await show_party_after(api, session, request, into, outcome, 200);
}

Answer erase_person(const Api& api, Session session, http::Request request) {
  const PersonId id = CO_TRY(part_of_path<PersonId>(request, "person"));
  const std::string reason = CO_TRY(read_reason(request));
  auto command = CO_TRY(command_of(session, request, "erase_person", id.text()));
  const auto outcome = CO_TRY(co_await on_pool(api.reads, [&] {
    return use_cases::erase_person(api.bus, api.destroy_key, std::move(command), id, reason);
  }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
