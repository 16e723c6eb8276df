// How an endpoint is put on the router: who may call it is said where it is registered.
#pragma once

#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "libs/http/router.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

using Answer = boost::asio::awaitable<Result<http::Response>>;

// A coroutine function; `api` outlives the call, the others are its own.
using Endpoint = Answer (*)(const Api& api, Session session, http::Request request);

// Adds a route that authenticates, asks for `right` and, for GET, waits for `min_position` and
// `settled` before it calls the endpoint.
void add(http::Router& router, const Api& api, http::Method method, std::string_view pattern,
         user::Right right, Endpoint endpoint, http::RouteOptions options = {});

}  // namespace dealog::api
