// /v1/sources/{id}/deliveries, /v1/deliveries/{id}, replay and try
#include "libs/command/use_cases/deliveries.hpp"

#include "libs/base/invalid_input.hpp"
#include "libs/connectors/provider.hpp"
#include "libs/domain/source/source.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/sources.hpp"
#include "services/api/render/source.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/source_references.hpp"
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
    return not_found(rows.language(), "delivery", id);
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
  delivery.suffix = in.optional_text("suffix", kHeaderBytes).value_or("");
  delivery.query = in.optional_text("query", kHeaderBytes).value_or("");
  delivery.remote_ip = in.optional_string("remote_ip", limits::kCodeBytes).value_or("");
  if (delivery.body.empty() && delivery.query.empty()) {
    in.error("body", "required", "Нужна доставка, какой её шлёт провайдер: тело или query",
             "A delivery as its provider sends it is needed: a body or a query");
  }
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

// What would become of a delivery, in the words of a delivery's `state` where there would be one.
std::string_view trial_state(bool verified, bool stored, bool known, bool understood) {
  if (!verified) return "refused";
  if (!stored) return "answered";
  if (known) return "duplicate";
  return understood ? "accepted" : "quarantined";
}

Result<http::Response> try_out(const Api& api, const SourceId& id,
                               const connectors::Delivery& delivery, Language language) {
  const Folds& folds = api.bus.folds();
  const auto found = TRY(folds.current<source::State>(id.text()));
  const source::State& state = *found;
  const auto* provider = connectors::find_provider(state.provider);
  if (provider == nullptr || !state.active()) {
    return not_found(language, "source", id.text());
  }
  const auto settings = TRY(
      connectors::stored_settings(state.provider, state.settings_json, state.secrets, id.text()));
  const auto verdict = provider->verify(delivery, settings);
  const auto reception = provider->receive(delivery, settings);
  const auto facts = provider->decode(delivery, settings);
  json::array normalised;
  std::string reason;
  if (facts) {
    for (const auto& fact : *facts) normalised.push_back(connectors::normalised(fact));
    const auto applicable = check_applicable(api, *facts, settings, language);
    if (!applicable) reason = in_one_line(applicable.error());
  } else {
    reason = facts.error().message;
  }
  const bool stored = verdict.ok() && reception.kind == connectors::Reception::Kind::kStore;
  const auto first =
      TRY(use_cases::known_delivery(folds, id.text(), stored ? reception.delivery_key : ""));
  return http::Response::json(
      200,
      json::object{{"source", id.text()},
                   {"status", verdict.status()},
                   {"refused", or_null(std::string(verdict.ok() ? "" : verdict.reason))},
                   {"stored", stored},
                   {"state", trial_state(verdict.ok(), stored, first.has_value(), reason.empty())},
                   {"delivery_key", or_null(reception.delivery_key)},
                   {"first", or_null(first.value_or(""))},
                   {"normalised", std::move(normalised)},
                   {"reason", or_null(reason)}});
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
      return not_found(rows.language(), "source", id.text());
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
    return try_out(api, id, delivery, session.language);
  });
}

}  // namespace dealog::api
