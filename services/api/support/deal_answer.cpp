#include "services/api/support/deal_answer.hpp"

#include "libs/command/use_cases/deals.hpp"
#include "libs/domain/common/not_found.hpp"
#include "projections/deals/deals_view.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

// The live row when it is as the command left it, else the stream's fold up to there.
Result<views::Deal> read_deal_after(const Api& api, const Session& session, const std::string& deal,
                                    const Outcome& outcome) {
  const auto version = outcome.version_of(deal);
  if (!outcome.existed) {
    const auto now = TRY(read_now(api, session));
    auto found = TRY(find_deal(*now, deal));
    if (!version || found.version == version->value) return found;
  }
  const auto then = TRY(read_stream_as_of(api, session, deal, outcome.last, api.clock().now()));
  return find_deal(*then, deal);
}

}  // namespace

Result<views::Deal> find_deal(const Reading& rows, const std::string& deal) {
  auto found = TRY(views::DealsView(rows.context()).get(deal));
  if (!found) return not_found(rows.language(), "deal", deal);
  return *std::move(found);
}

Result<CommandRequest> deal_command(const Session& session, const http::Request& request,
                                    std::string_view name, const DealId& deal,
                                    const deal::Command& command) {
  CommandRequest asked = TRY(command_of(session, request, name, deal.text()));
  asked.also = use_cases::lanes_of(command);
  return asked;
}

Result<void> change_matching(Unit& unit, const http::IfMatch& if_match, const DealId& deal,
                             const deal::Command& command, Language language) {
  if (if_match.present()) {
    const deal::State* state = TRY(unit.load<deal::State>(deal.text()));
    TRY(if_match.check(state->details_version.value));
  }
  return use_cases::change_deal(unit, deal, command, language);
}

awaitable<Result<views::Deal>> deal_after(const Api& api, const Session& session,
                                          const http::Request& request, std::string deal,
                                          const Outcome& outcome) {
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  co_return co_await on_pool(api.reads,
                             [&] { return read_deal_after(api, session, deal, outcome); });
}

awaitable<Result<http::Response>> change_and_show(const Api& api, Session session,
                                                  http::Request request, std::string_view name,
                                                  deal::Command command,
                                                  std::span<const Place> places, int status) {
  const DealId id = CO_TRY(deal_of_path(request));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  auto asked = deal_command(session, request, name, id, command);
  auto work = [id, if_match, command = std::move(command), language = session.language](
                  Unit& unit) { return change_matching(unit, if_match, id, command, language); };
  auto done = co_await execute_plain(api, std::move(asked), std::move(work));
  const Outcome outcome = CO_TRY(at_places(std::move(done), places, session.language));
  const auto deal = CO_TRY(co_await deal_after(api, session, request, id.text(), outcome));
  co_return written(status, render(deal), outcome, deal.form_version);
}

Result<DealId> deal_of_path(const http::Request& request) {
  const auto id = DealId::parse(request.param("id"));
  if (!id) return not_found(request.language(), "deal", request.param("id"));
  return *id;
}

}  // namespace dealog::api
