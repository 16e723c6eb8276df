#include "services/webhooks/receive.hpp"

#include "libs/async/callback.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/connectors/body_limits.hpp"

namespace dealog::webhooks {
namespace {

using boost::asio::awaitable;
using connectors::Reception;

constexpr std::string_view kHooks = "/hooks/{source}/{token}";

std::unexpected<Error> hook_not_found() {
  return fail(ErrorKind::kNotFound, "hook_not_found",
              "there is no hook at this address; copy it again from the source's settings");
}

connectors::Delivery delivery_of(http::Request& request, Timestamp now) {
  connectors::Delivery delivery{.method = std::string(http::method_name(request.method)),
                                .path = request.target.substr(0, request.target.find('?')),
                                .suffix = {},
                                .query = std::string(request.raw_query()),
                                .headers = {},
                                .body = std::move(request.body),
                                .remote_ip = request.client_address,
                                .received_at = now};
  for (const auto& [name, value] : request.params) {
    if (name == "rest" && !value.empty()) delivery.suffix = "/" + value;
  }
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    delivery.headers.emplace_back(request.headers.name(i), request.headers.value(i));
  }
  return delivery;
}

http::Response response_of(const connectors::Answer& answer) {
  http::Response response{.status = answer.status, .body = answer.body};
  if (!answer.content_type.empty()) response.headers.set("Content-Type", answer.content_type);
  for (const auto& [name, value] : answer.headers) response.headers.set(name, value);
  return response;
}

use_cases::DeliveryInput input_of(const connectors::Delivery& delivery,
                                  const ConnectedSource& source, std::string key) {
  return {.source = source.id.text(),
          .method = delivery.method,
          .suffix = delivery.suffix,
          .content_type = std::string(delivery.content_type()),
          .headers = delivery.headers,
          .query = delivery.query,
          .remote_ip = delivery.remote_ip,
          .body = delivery.body,
          .delivery_key = std::move(key)};
}

using Stored = Result<Done<use_cases::ReceivedDelivery>>;

awaitable<Stored> store(CommandBus& bus, const ConnectedSource& source,
                        use_cases::DeliveryInput input) {
  co_return co_await from_callback<Stored>([&](Callback<Stored> done) {
    bus.submit_for<use_cases::ReceivedDelivery>(
        {.name = "receive_delivery",
         .stream = source.id.text(),
         .access = Access::kShared,
         .actor = {"source", source.id.text()},
         .rights = user::Rights::all(),
         .caller = Caller::kSource},
        [input = std::move(input)](Unit& unit) { return use_cases::receive_delivery(unit, input); },
        [done = std::move(done)](Stored stored) mutable { done(std::move(stored)); });
  });
}

}  // namespace

awaitable<Result<http::Response>> Receiver::receive(http::Request request) {
  const auto found = sources_.find(request.param("source"));
  if (!found || !source::token_matches((*found)->state, request.param("token"))) {
    ++counters_.unknown;
    co_return hook_not_found();
  }
  const ConnectedSource& source = **found;
  const auto delivery = delivery_of(request, bus_.clock().now());
  const auto verdict = source.provider->verify(delivery, source.settings);
  if (!verdict.ok()) {
    ++counters_.refused;
    log_warning("delivery refused", {{"source", source.id.text()}, {"reason", verdict.reason}});
    co_return fail(verdict.status() == 403 ? ErrorKind::kForbidden : ErrorKind::kUnauthorized,
                   "delivery_refused", fmt::format("the delivery was refused: {}", verdict.reason));
  }
  auto reception = source.provider->receive(delivery, source.settings);
  if (reception.kind != Reception::Kind::kStore) {
    ++counters_.pings;
    co_return response_of(
        reception.kind == Reception::Kind::kChallenge
            ? reception.challenge
            : source.provider->answer(delivery, source.settings, connectors::Outcome::kPing));
  }
  auto stored =
      co_await store(bus_, source, input_of(delivery, source, std::move(reception.delivery_key)));
  if (!stored) co_return std::unexpected(std::move(stored).error());
  const bool duplicate = stored->value && !stored->value->first.empty();
  ++(duplicate ? counters_.duplicates : counters_.stored);
  intake_.received();
  http::Response response = response_of(source.provider->answer(
      delivery, source.settings,
      duplicate ? connectors::Outcome::kDuplicate : connectors::Outcome::kAccepted));
  response.headers.set("Dealog-Position", std::to_string(stored->outcome.last.value));
  if (stored->value) response.headers.set("Dealog-Delivery", stored->value->delivery.text());
  co_return response;
}

std::size_t Receiver::body_limit(const http::Route& route,
                                 const http::PathParameters& parameters) const {
  if (!route.pattern.starts_with(kHooks)) return route.options.body_limit;
  const auto parameter = [&](std::string_view name) -> std::string_view {
    for (const auto& [own, value] : parameters) {
      if (own == name) return value;
    }
    return {};
  };
  const auto found = sources_.find(parameter("source"));
  if (!found || !source::token_matches((*found)->state, parameter("token"))) {
    return route.options.body_limit;
  }
  return connectors::body_limit_of(*(*found)->provider);
}

void add_routes(http::Router& router, Receiver& receiver) {
  http::ResultHandler handler = [&receiver](http::Request request) {
    return receiver.receive(std::move(request));
  };
  const http::RouteOptions options{.body_limit = limits::kHookBodyBytes, .lenient_query = true};
  router.add_any(kHooks, handler, options);
  router.add_any("/hooks/{source}/{token}/{rest...}", handler, options);
}

}  // namespace dealog::webhooks
