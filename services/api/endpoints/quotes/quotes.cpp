// POST /v1/deals/{id}/quotes, GET /v1/quotes/{id} and its steps
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/support/lines_input.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"

namespace dealog::api {
namespace {

Result<deal::QuoteContents> read_contents(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::QuoteContents contents;
  contents.lines = read_lines(in);
  contents.prepayment_basis_points = read_percent(in, "prepayment_percent");
  contents.valid_until = in.optional_date("valid_until");
  TRY(document.finish());
  return contents;
}

// The one text of a body that may be empty.
Result<std::string> read_text(const http::Request& request, std::string_view key) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  auto text = document.object().optional_text(key, limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return text;
}

// A step whose command is the quote's id alone; the body, if any, must be an empty object.
template <class Command>
Answer take_step(const Api& api, Session session, http::Request request, std::string_view name) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  CO_TRY(read_nothing(request));
  deal::Command command = Command{.quote = id};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request), name, id,
                                          std::move(command));
}

}  // namespace

Answer draft_quote(const Api& api, Session session, http::Request request) {
  deal::DraftQuote command{.contents = CO_TRY(read_contents(request))};
  co_return co_await create_part<QuoteId>(api, std::move(session), std::move(request),
                                          "draft_quote", std::move(command));
}

Answer get_quote(const Api& api, Session session, http::Request request) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  CO_TRY(no_parameters(request));
  co_return co_await show_part(api, std::move(session), id);
}

Answer revise_quote(const Api& api, Session session, http::Request request) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  deal::Command command =
      deal::ReviseQuote{.quote = id, .contents = CO_TRY(read_contents(request))};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "revise_quote", id, std::move(command));
}

Answer submit_quote(const Api& api, Session session, http::Request request) {
  return take_step<deal::SubmitQuote>(api, std::move(session), std::move(request), "submit_quote");
}

Answer approve_quote(const Api& api, Session session, http::Request request) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  deal::Command command =
      deal::ApproveQuote{.quote = id, .comment = CO_TRY(read_text(request, "comment"))};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "approve_quote", id, std::move(command));
}

Answer decline_quote(const Api& api, Session session, http::Request request) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  deal::Command command =
      deal::DeclineQuote{.quote = id, .comment = CO_TRY(read_text(request, "comment"))};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "decline_quote", id, std::move(command));
}

Answer send_quote(const Api& api, Session session, http::Request request) {
  return take_step<deal::SendQuote>(api, std::move(session), std::move(request), "send_quote");
}

Answer accept_quote(const Api& api, Session session, http::Request request) {
  return take_step<deal::AcceptQuote>(api, std::move(session), std::move(request), "accept_quote");
}

Answer reject_quote(const Api& api, Session session, http::Request request) {
  const QuoteId id = CO_TRY(part_of_path<QuoteId>(request, "quote"));
  deal::Command command =
      deal::RejectQuote{.quote = id, .reason = CO_TRY(read_text(request, "reason"))};
  co_return co_await change_part_and_show(api, std::move(session), std::move(request),
                                          "reject_quote", id, std::move(command));
}

}  // namespace dealog::api
