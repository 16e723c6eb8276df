// /v1/companies
#include "libs/command/use_cases/companies.hpp"

#include "dealog/v1/party_events.pb.h"
#include "libs/domain/company/company.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/parties.hpp"
#include "services/api/support/party_answer.hpp"
#include "services/api/support/party_input.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

constexpr std::size_t kBankAccounts = 20;
constexpr std::int64_t kMaxDecisionOrder = 100;

struct Change {
  company::ChangeCompanyDetails details;
  std::vector<company::ChangeDecisionMap> decision_map;
};

Result<Change> read_change(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  Change change;
  change.details.name = in.optional_string("name", limits::kTitleBytes);
  change.details.tax_id = in.optional_string("tax_id", limits::kCodeBytes);
  if (in.has("bank_accounts")) {
    change.details.bank_accounts =
        in.string_array("bank_accounts", kBankAccounts, limits::kCodeBytes);
  }
  in.each_object("decision_map", limits::kParticipants, [&](http::ObjectReader& place) {
    change.decision_map.push_back(
        {.person = place.required_id<PersonId>("person").text(),
         .role = place.optional_code("role").value_or(""),
         .order = static_cast<std::uint32_t>(
             place.optional_integer("order", 0, kMaxDecisionOrder).value_or(0))});
  });
  TRY(document.finish());
  return change;
}

Result<use_cases::CompanyInput> read_new(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  auto input = read_company(document.object());
  TRY(document.finish());
  return input;
}

Result<CompanyId> read_into(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  const CompanyId into = document.object().required_id<CompanyId>("into");
  TRY(document.finish());
  return into;
}

}  // namespace

Answer register_company(const Api& api, Session session, http::Request request) {
  const auto input = CO_TRY(read_new(request));
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "register_company", ""),
                       [&input](Unit& unit) { return use_cases::register_company(unit, input); }));
  const AppendedEvent* event = done.outcome.find<v1::CompanyRegistered>();
  if (event == nullptr) co_return fail(ErrorKind::kInternal, "event_missing", "no company");
  const CompanyId id = CO_TRY(CompanyId::parse(event->stream));
  co_return co_await show_party_after(api, session, request, id, done.outcome, 201);
}

Answer list_companies(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string q = CO_TRY(search_text(in, session));
  const views::ContactFilter filter{.q = q};
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::ContactsView(rows.context()).companies(filter, page));
    return http::Response::json(
        200,
        json::value(render_page(found, [](const views::Company& item) { return render(item); })));
  });
}

Answer get_company(const Api& api, Session session, http::Request request) {
  const CompanyId id = CO_TRY(part_of_path<CompanyId>(request, "company"));
  CO_TRY(no_parameters(request));
  co_return co_await show_party(api, std::move(session), id);
}

Answer change_company(const Api& api, Session session, http::Request request) {
  const CompanyId id = CO_TRY(part_of_path<CompanyId>(request, "company"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const auto change = CO_TRY(read_change(request));
  const auto outcome = CO_TRY(
      co_await execute_plain(api, command_of(session, request, "change_company", id.text()),
                             [&](Unit& unit) -> Result<void> {
                               TRY(check_if_match<company::State>(unit, if_match, id.text()));
                               TRY(use_cases::change_company(unit, id, change.details));
                               for (const auto& place : change.decision_map) {
                                 TRY(use_cases::change_decision_map(unit, id, place));
                               }
                               return {};
                             }));
  co_return co_await show_party_after(api, session, request, id, outcome, 200);
}

Answer merge_companies(const Api& api, Session session, http::Request request) {
  const CompanyId id = CO_TRY(part_of_path<CompanyId>(request, "company"));
  const CompanyId into = CO_TRY(read_into(request));
  auto command = CO_TRY(command_of(session, request, "merge_companies", id.text()));
  command.also.push_back(into.text());
  const auto outcome = CO_TRY(co_await execute_plain(api, std::move(command), [&](Unit& unit) {
    return use_cases::merge_companies(unit, id, into);
  }));
  co_return co_await show_party_after(api, session, request, into, outcome, 200);
}

}  // namespace dealog::api
