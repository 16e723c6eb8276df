// Waiting until the views know a position, without holding a thread.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "libs/async/deadline.hpp"
#include "libs/http/request.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// Errors: kUnavailable "position_not_reached" when the views are not that far by then.
boost::asio::awaitable<Result<void>> wait_for_position(const Api& api, Position position,
                                                       SteadyTime deadline);

// What `min_position` and `settled` of a read ask for, at most limits::kMinPositionWait. Settled:
// intake and effects caused at or before the position have no due work left.
// Errors: kInvalid for what is no position; as above.
boost::asio::awaitable<Result<void>> wait_as_asked(const Api& api, const http::Request& request);

}  // namespace dealog::api
