// POST /v1/deals/{id}/lose and …/reopen
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/deals.hpp"
#include "services/api/support/deal_answer.hpp"

namespace dealog::api {
namespace {

Result<deal::LoseDeal> read_loss(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::LoseDeal command;
  command.reason = in.required_code("reason");
  command.note = in.optional_text("note", limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return command;
}

Result<deal::ReopenDeal> read_reopening(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  deal::ReopenDeal command;
  command.reason = document.object().optional_text("reason", limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return command;
}

}  // namespace

Answer lose_deal(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_loss(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "lose_deal",
                                     std::move(command));
}

Answer reopen_deal(const Api& api, Session session, http::Request request) {
  deal::Command command = CO_TRY(read_reopening(request));
  co_return co_await change_and_show(api, std::move(session), std::move(request), "reopen_deal",
                                     std::move(command));
}

}  // namespace dealog::api
