#include "services/api/support/endpoint.hpp"

#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

using boost::asio::awaitable;

awaitable<Result<http::Response>> guarded(const Api& api, user::Right right, Endpoint endpoint,
                                          http::Request request) {
  Session session = CO_TRY(authenticate(api, request));
  CO_TRY(user::require(session.principal.rights, right));
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  if (reads) CO_TRY(co_await wait_as_asked(api, request));
  co_return co_await endpoint(api, std::move(session), std::move(request));
}

}  // namespace

void add(http::Router& router, const Api& api, http::Method method, std::string_view pattern,
         user::Right right, Endpoint endpoint, http::RouteOptions options) {
  http::ResultHandler handler = [&api, right, endpoint](http::Request request) {
    return guarded(api, right, endpoint, std::move(request));
  };
  router.add(method, pattern, std::move(handler), options);
}

}  // namespace dealog::api
