// POST /v1/deals
#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/deals.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/deal_answer.hpp"
#include "services/api/support/deal_fields.hpp"
#include "services/api/support/party_input.hpp"

namespace dealog::api {
namespace {

using use_cases::OpenDealInput;

constexpr Place kPlaces[] = {{"pipeline_not_found", "/pipeline"},
                             {"user_not_found", "/owner"},
                             {"person_not_found", "/person"},
                             {"company_not_found", "/company"}};

Result<OpenDealInput> read_input(const http::Request& request, const Session& session) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  OpenDealInput input;
  input.language = session.language;
  input.deal.title = in.required_string("title", limits::kTitleBytes);
  input.pipeline = in.optional_code("pipeline").value_or(input.pipeline);
  input.deal.stage = in.optional_code("stage").value_or("");
  input.deal.amount = in.optional_money("amount", http::MoneyRange::kNotNegative);
  input.deal.work_type = in.optional_code("work_type").value_or("");
  // Somebody is always responsible: whoever opens it, unless another is named.
  input.deal.owner = in.optional_id<UserId>("owner").value_or(session.principal.user);
  input.deal.owner_stands_in = in.presence("owner") == http::Presence::kNull;
  input.deal.source = in.optional_code("source").value_or("");
  input.deal.expected_close = in.optional_date("expected_close_date");
  input.deal.custom = read_custom(in);
  if (in.is_string("person")) {
    input.person = in.required_id<PersonId>("person");
  } else if (auto person = in.optional_object("person")) {
    input.person = read_person(*person);
  }
  if (in.is_string("company")) {
    input.company = in.required_id<CompanyId>("company");
  } else if (auto company = in.optional_object("company")) {
    input.company = read_company(*company);
  }
  TRY(document.finish());
  return input;
}

}  // namespace

Answer open_deal(const Api& api, Session session, http::Request request) {
  const OpenDealInput input = CO_TRY(read_input(request, session));
  auto opening =
      co_await execute(api, command_of(session, request, "open_deal", ""),
                       [&input](Unit& unit) { return use_cases::open_deal(unit, input); });
  const auto done = CO_TRY(at_places(std::move(opening), kPlaces, session.language));
  const AppendedEvent* opened = done.outcome.find<v1::DealOpened>();
  if (opened == nullptr) {
    co_return fail(ErrorKind::kInternal, "event_missing", "the command opened no deal");
  }
  const auto deal =
      CO_TRY(co_await deal_after(api, session, request, opened->stream, done.outcome));
  co_return written(201, render(deal), done.outcome, deal.form_version);
}

}  // namespace dealog::api
