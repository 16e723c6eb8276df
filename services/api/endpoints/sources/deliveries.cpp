// /v1/sources/{id}/deliveries, /v1/deliveries/{id}, replay and try
#include "libs/command/use_cases/deliveries.hpp"

#include "libs/connectors/provider.hpp"
#include "libs/domain/source/source.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/sources.hpp"
#include "services/api/render/source.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

constexpr std::size_t kHeaderBytes = 8 << 10;

// A repeated delivery keeps nothing of its own: what it was is told by the first.
Result<json::object> render_delivery(const Reading& rows, const std::string& id) {
  const EventLog& log = rows.api().log();
  const views::IntakeView view(rows.context());
  auto delivery = TRY(view.delivery(id, log));
  if (!delivery) {
    return fail(ErrorKind::kNotFound, "delivery_not_found",
                fmt::format("there is no delivery {}", id));
  }
  if (!delivery->summary.first.empty()) {
    if (auto first = TRY(view.delivery(delivery->summary.first, log))) {
      first->summary = std::move(delivery->summary);
      delivery = std::move(first);
    }
  }
  return render(*delivery);
}

Result<http::Response> show_delivery(const Reading& rows, const DeliveryId& id) {
  return http::Response::json(200, json::value(TRY(render_delivery(rows, id.text()))));
}

// {"body","content_type"?,"headers"?,"method"?,"suffix"?,"query"?,"remote_ip"?}
Result<connectors::Delivery> read_trial(const http::Request& request, Timestamp now) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  connectors::Delivery delivery{.received_at = now};
  delivery.body = in.optional_text("body", limits::kHookBodyBytes).value_or("");
  delivery.method = in.optional_string("method", limits::kCodeBytes).value_or("POST");
  delivery.suffix = in.optional_string("suffix", kHeaderBytes).value_or("");
  delivery.query = in.optional_string("query", kHeaderBytes).value_or("");
  delivery.remote_ip = in.optional_string("remote_ip", limits::kCodeBytes).value_or("");
  if (auto type = in.optional_string("content_type", kHeaderBytes)) {
    delivery.headers.emplace_back("Content-Type", *std::move(type));
  }
  if (const auto headers = in.optional_raw_object("headers")) {
    for (const auto& [name, value] : *headers) {
      if (value.is_string()) {
        delivery.headers.emplace_back(name, value.as_string());
      } else {
        in.error("headers", "invalid_header", "значения заголовков — строки",
                 "values of headers are texts");
      }
    }
  }
  TRY(document.finish());
  return delivery;
}

Result<http::Response> try_out(const source::State& state, const SourceId& id,
                               const connectors::Delivery& delivery) {
  const auto* provider = connectors::find_provider(state.provider);
  if (provider == nullptr || !state.active()) {
    return fail(ErrorKind::kNotFound, "source_not_found",
                fmt::format("there is no source {}", id.text()));
  }
  const auto settings = TRY(
      connectors::stored_settings(state.provider, state.settings_json, state.secrets, id.text()));
  const auto verdict = provider->verify(delivery, settings);
  const auto reception = provider->receive(delivery, settings);
  const auto facts = provider->decode(delivery, settings);
  json::array normalised;
  if (facts) {
    for (const auto& fact : *facts) normalised.push_back(connectors::normalised(fact));
  }
  const bool stored = verdict.ok() && reception.kind == connectors::Reception::Kind::kStore;
  return http::Response::json(
      200, json::object{{"source", id.text()},
                        {"status", verdict.status()},
                        {"refused", verdict.ok() ? json::value(nullptr)
                                                 : json::value(json::string(verdict.reason))},
                        {"stored", stored},
                        {"state", !verdict.ok() ? "refused"
                                  : !stored     ? "answered"
                                  : facts       ? "accepted"
                                                : "quarantined"},
                        {"delivery_key", or_null(reception.delivery_key)},
                        {"normalised", std::move(normalised)},
                        {"reason", facts ? json::value(nullptr)
                                         : json::value(json::string(facts.error().message))}});
}

}  // namespace

Answer list_deliveries(const Api& api, Session session, http::Request request) {
  static constexpr std::string_view kStates[] = {"pending", "accepted", "duplicate", "quarantined",
                                                 "ignored"};
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  http::QueryReader in(request);
  const std::string state = in.optional_one_of("state", kStates).value_or("");
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const views::IntakeView view(rows.context());
    if (!TRY(view.source(id.text()))) {
      return fail(ErrorKind::kNotFound, "source_not_found",
                  fmt::format("there is no source {}", id.text()));
    }
    const auto found = TRY(view.deliveries(id.text(), state, page));
    json::array items;
    for (const auto& item : found.items) items.push_back(TRY(render_delivery(rows, item.id)));
    return http::Response::json(
        200, json::object{
                 {"items", std::move(items)},
                 {"next_cursor", found.next_cursor ? json::value(json::string(*found.next_cursor))
                                                   : json::value(nullptr)}});
  });
}

Answer get_delivery(const Api& api, Session session, http::Request request) {
  const DeliveryId id = CO_TRY(part_of_path<DeliveryId>(request, "delivery"));
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session,
                             [&](const Reading& rows) { return show_delivery(rows, id); });
}

Answer replay_delivery(const Api& api, Session session, http::Request request) {
  const DeliveryId id = CO_TRY(part_of_path<DeliveryId>(request, "delivery"));
  CO_TRY(read_nothing(request));
  const auto outcome = CO_TRY(
      co_await execute_plain(api, command_of(session, request, "replay_delivery", id.text()),
                             [id](Unit& unit) { return use_cases::replay_delivery(unit, id); }));
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  auto shown = CO_TRY(
      co_await reading(api, session, [&](const Reading& rows) { return show_delivery(rows, id); }));
  co_return written(std::move(shown), outcome);
}

Answer try_source(const Api& api, Session session, http::Request request) {
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  const auto delivery = CO_TRY(read_trial(request, api.clock().now()));
  co_return co_await on_pool(api.reads, [&]() -> Result<http::Response> {
    const auto state = TRY(api.bus.folds().current<source::State>(id.text()));
    return try_out(*state, id, delivery);
  });
}

}  // namespace dealog::api
