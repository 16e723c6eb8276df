// /v1/webhook-endpoints
#include "libs/command/use_cases/webhook_endpoints.hpp"

#include "dealog/v1/effect_events.pb.h"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/effects.hpp"
#include "services/api/render/effect.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

// The address may hold keys: administrators alone see it.
Result<json::object> render_endpoint(const Api& api, const Session& session,
                                     const views::WebhookEndpoint& endpoint) {
  json::object out{{"id", endpoint.id},
                   {"code", endpoint.code},
                   {"name", endpoint.name},
                   {"enabled", endpoint.disabled.empty()},
                   {"disabled_because", or_null(endpoint.disabled)},
                   {"created_at", endpoint.created_at.rfc3339()},
                   {"previous_secret_until", render(endpoint.previous_until)}};
  if (session.has(user::Right::kAdmin)) {
    const auto state = TRY(api.bus.folds().current<endpoint::State>(endpoint.id));
    out["url"] = state->url;
  }
  return out;
}

Result<json::object> find_endpoint(const Reading& rows, const Session& session,
                                   const EndpointId& id) {
  const auto found = TRY(views::EffectsView(rows.context()).endpoint(id.text()));
  if (!found) return not_found(rows.language(), "endpoint", id.text());
  return render_endpoint(rows.api(), session, *found);
}

// The endpoint as a command left it. A secret is shown once, to whoever made it.
Answer shown(const Api& api, const Session& session, const http::Request& request, int status,
             EndpointId id, const Outcome& outcome, std::string secret = {}) {
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    json::object body = TRY(find_endpoint(rows, session, id));
    if (!secret.empty()) body["secret"] = secret;
    return written(status, body, outcome);
  });
}

Result<endpoint::CreateEndpoint> read_new(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  endpoint::CreateEndpoint command;
  command.code = in.required_code("code");
  command.name = in.required_string("name", limits::kTitleBytes);
  command.url = in.required_string("url", endpoint::kUrlBytes);
  command.secret = in.optional_string("secret", limits::kTitleBytes).value_or("");
  TRY(document.finish());
  return command;
}

struct Rotation {
  std::string secret;  // empty: a fresh one
  std::chrono::seconds overlap = endpoint::kOverlap;
};
Result<Rotation> read_rotation(const http::Request& request) {
  Rotation rotation;
  if (request.body.empty()) return rotation;
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  rotation.secret = in.optional_string("secret", limits::kTitleBytes).value_or("");
  const auto most = std::chrono::seconds(endpoint::kLongestOverlap).count();
  if (const auto overlap = in.optional_integer("overlap_s", 0, most)) {
    rotation.overlap = std::chrono::seconds(*overlap);
  }
  TRY(document.finish());
  return rotation;
}

using Change = Result<void> (*)(Unit&, const EndpointId&);
Answer change_endpoint(const Api& api, Session session, http::Request request,
                       std::string_view name, Change change) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  CO_TRY(read_nothing(request));
  const auto outcome =
      CO_TRY(co_await execute_plain(api, command_of(session, request, name, id.text()),
                                    [id, change](Unit& unit) { return change(unit, id); }));
  co_return co_await shown(api, session, request, 200, id, outcome);
}

struct Chosen {
  Position after;
  std::vector<EffectId> effects;
  bool more = false;
};

Result<Chosen> choose(const Reading& rows, const EndpointId& id, Position after) {
  const auto ids = TRY(views::EffectsView(rows.context())
                           .planned_after(id.text(), after, use_cases::kReplayedEffects + 1));
  Chosen chosen{.after = after, .effects = {}};
  for (const auto& text : ids) {
    chosen.more = chosen.effects.size() == use_cases::kReplayedEffects;
    if (chosen.more) break;
    chosen.effects.push_back(TRY(EffectId::parse(text)));
  }
  return chosen;
}

}  // namespace

Answer create_webhook_endpoint(const Api& api, Session session, http::Request request) {
  auto command = CO_TRY(read_new(request));
  // Made here, so that deciding again after a conflict shows the one that is stored.
  if (command.secret.empty()) command.secret = use_cases::new_secret();
  const auto done = CO_TRY(co_await execute(
      api, command_of(session, request, "create_endpoint", ""),
      [&command](Unit& unit) { return use_cases::create_endpoint(unit, command); }));
  const auto* event = done.outcome.find<v1::WebhookEndpointCreated>();
  const EndpointId id = CO_TRY(EndpointId::parse(event == nullptr ? "" : event->stream));
  co_return co_await shown(api, session, request, 201, id, done.outcome,
                           done.outcome.existed ? "" : command.secret);
}

Answer list_webhook_endpoints(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::EffectsView(rows.context()).endpoints(page));
    json::array items;
    for (const auto& one : found.items) items.push_back(TRY(render_endpoint(api, session, one)));
    return http::Response::json(
        200, json::object{{"items", std::move(items)},
                          {"next_cursor", or_null(found.next_cursor.value_or(""))}});
  });
}

Answer get_webhook_endpoint(const Api& api, Session session, http::Request request) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  CO_TRY(no_parameters(request));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    return http::Response::json(200, json::value(TRY(find_endpoint(rows, session, id))));
  });
}

Answer change_webhook_endpoint(const Api& api, Session session, http::Request request) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  http::JsonDocument document = CO_TRY(http::read_json(request));
  endpoint::ChangeEndpoint change;
  change.name = document.object().optional_string("name", limits::kTitleBytes);
  change.url = document.object().optional_string("url", endpoint::kUrlBytes);
  CO_TRY(document.finish());
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "change_endpoint", id.text()),
      [id, change](Unit& unit) { return use_cases::change_endpoint(unit, id, change); }));
  co_return co_await shown(api, session, request, 200, id, outcome);
}

Answer rotate_webhook_secret(const Api& api, Session session, http::Request request) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  const Rotation rotation = CO_TRY(read_rotation(request));
  const endpoint::RotateSecret command{
      .secret = rotation.secret.empty() ? use_cases::new_secret() : rotation.secret,
      .overlap = rotation.overlap};
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "rotate_secret", id.text()),
      [id, command](Unit& unit) { return use_cases::rotate_secret(unit, id, command); }));
  co_return co_await shown(api, session, request, 200, id, outcome,
                           outcome.existed ? "" : command.secret);
}

Answer disable_webhook_endpoint(const Api& api, Session session, http::Request request) {
  return change_endpoint(api, std::move(session), std::move(request), "disable_endpoint",
                         [](Unit& unit, const EndpointId& id) {
                           return use_cases::disable_endpoint(unit, id, "by_hand");
                         });
}

Answer enable_webhook_endpoint(const Api& api, Session session, http::Request request) {
  return change_endpoint(
      api, std::move(session), std::move(request), "enable_endpoint",
      [](Unit& unit, const EndpointId& id) { return use_cases::enable_endpoint(unit, id); });
}

Answer list_webhook_deliveries(const Api& api, Session session, http::Request request) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(find_endpoint(rows, session, id));
    const auto found = TRY(views::EffectsView(rows.context()).of_endpoint(id.text(), page));
    return http::Response::json(
        200,
        json::value(render_page(found, [](const views::Effect& item) { return render(item); })));
  });
}

Answer replay_webhook_endpoint(const Api& api, Session session, http::Request request) {
  const EndpointId id = CO_TRY(part_of_path<EndpointId>(request, "endpoint"));
  http::JsonDocument document = CO_TRY(http::read_json(request));
  const auto after = document.object().required_integer("after", 0, INT64_MAX);
  CO_TRY(document.finish());
  Chosen chosen;
  CO_TRY(co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(find_endpoint(rows, session, id));
    chosen = TRY(choose(rows, id, Position{static_cast<std::uint64_t>(after)}));
    return http::Response{};
  }));
  const auto done = CO_TRY(co_await execute(
      api, command_of(session, request, "replay_endpoint", id.text()), [&](Unit& unit) {
        return use_cases::replay_endpoint(unit, id, chosen.after, chosen.effects);
      }));
  const RecordedEvent event = CO_TRY(appended<v1::WebhookReplayRequested>(api, done.outcome));
  const auto& replayed = *event.as<v1::WebhookReplayRequested>();
  co_return written(200, json::object{{"replayed", replayed.effects()}, {"more", chosen.more}},
                    done.outcome);
}

}  // namespace dealog::api
