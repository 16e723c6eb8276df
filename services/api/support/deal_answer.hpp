// Answers that show a deal, or something that lies on it, as a command left it.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "libs/domain/deal/commands.hpp"
#include "projections/deals/deal.hpp"
#include "services/api/support/places.hpp"
#include "services/api/support/reading.hpp"
#include "services/api/support/writing.hpp"

namespace dealog::api {

// The deal as of the last event of `outcome`: the same for the first answer and for its repetition.
boost::asio::awaitable<Result<views::Deal>> deal_after(const Api& api, const Session& session,
                                                       const http::Request& request,
                                                       std::string deal, const Outcome& outcome);

// Runs a command on a deal that exists and answers the deal. If-Match is checked against the
// version of what can be edited; `places` say where the body names what may not be there. Errors:
// those of use_cases::change_deal.
boost::asio::awaitable<Result<http::Response>> change_and_show(
    const Api& api, Session session, http::Request request, std::string_view name,
    deal::Command command, std::span<const Place> places = {}, int status = 200);

// The request's command on a deal: with the other lanes that `command` asks for.
Result<CommandRequest> deal_command(const Session& session, const http::Request& request,
                                    std::string_view name, const DealId& deal,
                                    const deal::Command& command);

// Runs it, after If-Match was checked against the version of what can be edited.
Result<void> change_matching(Unit& unit, const http::IfMatch& if_match, const DealId& deal,
                             const deal::Command& command, Language language);

// A deal of the views. Errors: kNotFound "deal_not_found".
Result<views::Deal> find_deal(const Reading& rows, const std::string& deal);

// The {id} of the path as a deal's. Errors: kNotFound "deal_not_found": a malformed id names none.
Result<DealId> deal_of_path(const http::Request& request);

}  // namespace dealog::api
