// Commands on something that lies on a deal (a task, quote, document, invoice), named in the path
// by its own id, and answers that show it as the command left it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "libs/command/use_cases/deals.hpp"
#include "libs/domain/common/not_found.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/deal_answer.hpp"

namespace dealog::api {

// The {id} of the path. Errors: kNotFound "<what>_not_found": a malformed id names nothing.
template <class Id>
Result<Id> part_of_path(const http::Request& request, std::string_view what) {
  const auto id = Id::parse(request.param("id"));
  if (id) return *id;
  return not_found(request.language(), what, request.param("id"));
}

// Runs `command` on the deal that `thing` lies on; `deal` is set to it.
boost::asio::awaitable<Result<Outcome>> change_part(const Api& api, const Session& session,
                                                    const http::Request& request,
                                                    std::string_view name, std::string thing,
                                                    deal::Command command, std::string& deal);

// The item of `items` with that id. Errors: kInternal "part_missing" when the deal lacks it.
template <class Item>
Result<Item> find_part(const std::vector<Item>& items, std::string_view id) {
  for (const Item& item : items) {
    if (item.id == id) return item;
  }
  return fail(ErrorKind::kInternal, "part_missing",
              fmt::format("{} is not among what lies on its deal", id));
}

json::object render_part(const views::Deal& deal, const TaskId& id);
json::object render_part(const views::Deal& deal, const QuoteId& id);
json::object render_part(const views::Deal& deal, const DocumentId& id);
json::object render_part(const views::Deal& deal, const InvoiceId& id);

// Makes something new on the deal of the path. `command` carries the id `Id` that is derived from
// the command's own, so that a repetition shows the same thing.
template <class Id, class Command>
boost::asio::awaitable<Result<http::Response>> create_part(const Api& api, Session session,
                                                           http::Request request,
                                                           std::string_view name, Command command,
                                                           std::span<const Place> places = {}) {
  const DealId deal = CO_TRY(deal_of_path(request));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  auto asked = deal_command(session, request, name, deal, command);
  auto done =
      co_await execute_plain(api, std::move(asked),
                             [deal, if_match, command = std::move(command),
                              language = session.language](Unit& unit) mutable {
                               command.id = unit.computed_id<Id>(Id::prefix());
                               return change_matching(unit, if_match, deal, command, language);
                             });
  const auto outcome = CO_TRY(at_places(std::move(done), places, session.language));
  const Id id(Uuid::derived(outcome.command_id, Id::prefix()));
  const auto shown = CO_TRY(co_await deal_after(api, session, request, deal.text(), outcome));
  co_return written(201, render_part(shown, id), outcome, shown.form_version);
}

// Changes what the path names and shows it.
template <class Id>
boost::asio::awaitable<Result<http::Response>> change_part_and_show(
    const Api& api, Session session, http::Request request, std::string_view name, Id id,
    deal::Command command, std::span<const Place> places = {}) {
  std::string deal;
  auto done =
      co_await change_part(api, session, request, name, id.text(), std::move(command), deal);
  const Outcome outcome = CO_TRY(at_places(std::move(done), places, session.language));
  const auto shown = CO_TRY(co_await deal_after(api, session, request, deal, outcome));
  co_return written(200, render_part(shown, id), outcome, shown.form_version);
}

// GET of something that lies on a deal.
template <class Id>
boost::asio::awaitable<Result<http::Response>> show_part(const Api& api, Session session, Id id) {
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const DealId deal = TRY(use_cases::deal_of(api.bus.folds(), id.text(), session.language));
    const auto rows = TRY(read_now(api, session));
    const auto shown = TRY(find_deal(*rows, deal.text()));
    return http::Response::json(200, json::value(render_part(shown, id)));
  });
}

}  // namespace dealog::api
