// /v1/sources
#include "libs/command/use_cases/sources.hpp"

#include "dealog/v1/intake_events.pb.h"
#include "libs/connectors/provider.hpp"
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/sources.hpp"
#include "services/api/render/source.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/source_references.hpp"
#include "services/api/support/waiting.hpp"

namespace dealog::api {
namespace {

json::value raw_or_null(http::ObjectReader& in, std::string_view key) {
  const json::value* value = in.raw(key);
  return value == nullptr ? json::value(nullptr) : *value;
}

// Settings and secrets are read by the connectors, which know what a provider needs; their errors
// carry pointers of this same body.
Result<use_cases::SourceInput> read_new(const Api& api, const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  use_cases::SourceInput input;
  input.provider = in.required_code("provider");
  input.name = in.required_string("name", limits::kTitleBytes);
  const json::value settings = raw_or_null(in, "settings"), secret = raw_or_null(in, "secret");
  TRY(document.finish());
  const auto parsed = TRY(connectors::parse_settings(input.provider, settings, secret));
  TRY(check_references(api, parsed, request.language()));
  input.provider = parsed.provider;
  input.settings_json = json::serialize(connectors::to_json(parsed));
  input.secrets = parsed.secrets;
  return input;
}

// JSON merge patch (RFC 7396): what is not named stays, null takes away, objects are merged.
json::value merged(json::value target, const json::value& patch) {
  if (!patch.is_object()) return patch;
  if (!target.is_object()) target = json::object();
  json::object& object = target.get_object();
  for (const auto& [key, value] : patch.get_object()) {
    if (value.is_null()) {
      object.erase(key);
    } else {
      object[key] = merged(object.contains(key) ? object.at(key) : json::value(nullptr), value);
    }
  }
  return target;
}

// As the body of a request would have them.
json::value secret_of(const source::State& state) {
  if (state.secrets.empty()) return nullptr;
  if (state.secrets.size() == 1 && state.secrets.begin()->first.empty()) {
    return json::string(state.secrets.begin()->second);
  }
  json::object parts;
  for (const auto& [name, value] : state.secrets) parts[name] = value;
  return parts;
}

// The settings and the secret are patches of those that the source has; what comes out is checked
// whole, as that of a new source.
Result<source::ChangeSource> read_change(const Api& api, const http::Request& request,
                                         const source::State& state) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  source::ChangeSource change;
  change.name = in.optional_string("name", limits::kTitleBytes);
  const bool new_settings = in.has("settings"), new_secret = in.has("secret");
  json::value settings = raw_or_null(in, "settings"), secret = raw_or_null(in, "secret");
  if (new_settings && !settings.is_object()) {
    in.error("settings", "invalid_type", "Здесь должно быть: объект", "This must be an object");
  }
  TRY(document.finish());
  if (!new_settings && !new_secret) return change;
  const json::value old_settings = json::parse(state.settings_json), old_secret = secret_of(state);
  settings = new_settings ? merged(old_settings, settings) : old_settings;
  secret = new_secret ? merged(old_secret, secret) : old_secret;
  const auto parsed = TRY(connectors::parse_settings(state.provider, settings, secret));
  TRY(check_references(api, parsed, request.language()));
  if (new_settings) change.settings_json = json::serialize(connectors::to_json(parsed));
  if (new_secret) change.secrets = parsed.secrets;
  return change;
}

json::object render_connected(const v1::SourceConnected& source, const std::string& id) {
  return {{"id", id},
          {"provider", source.provider()},
          {"name", source.name()},
          {"hook_url", hook_url(id, source.token())},
          {"settings", json::parse(source.settings_json())}};
}

Result<views::Source> find_source(const Reading& rows, const SourceId& id) {
  auto source = TRY(views::IntakeView(rows.context()).source(id.text()));
  if (!source || source->removed) {
    return not_found(rows.language(), "source", id.text());
  }
  return *std::move(source);
}

}  // namespace

Answer connect_source(const Api& api, Session session, http::Request request) {
  const auto input = CO_TRY(read_new(api, request));
  const auto done = CO_TRY(
      co_await execute(api, command_of(session, request, "connect_source", ""),
                       [&input](Unit& unit) { return use_cases::connect_source(unit, input); }));
  const RecordedEvent event = CO_TRY(appended<v1::SourceConnected>(api, done.outcome));
  co_return written(201, render_connected(*event.as<v1::SourceConnected>(), event.stream),
                    done.outcome, 1);
}

Answer list_sources(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const PageRequest page = page_of(in);
  finish_waiting(in);
  CO_TRY(in.finish());
  const bool with_address = session.has(user::Right::kAdmin);
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto found = TRY(views::IntakeView(rows.context()).sources(page));
    return http::Response::json(200, json::value(render_page(found, [&](const views::Source& item) {
                                  return render(item, with_address, rows.language());
                                })));
  });
}

Answer get_source(const Api& api, Session session, http::Request request) {
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  CO_TRY(no_parameters(request));
  const bool with_address = session.has(user::Right::kAdmin);
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto source = TRY(find_source(rows, id));
    return http::Response::json(200, json::value(render(source, with_address, rows.language())))
        .with("ETag", http::etag_of(source.version));
  });
}

Answer change_source(const Api& api, Session session, http::Request request) {
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  const auto if_match = CO_TRY(http::IfMatch::parse(request));
  const auto outcome = CO_TRY(co_await execute_plain(
      api, command_of(session, request, "change_source", id.text()),
      [&](Unit& unit) -> Result<void> {
        const source::State* state = TRY(unit.load<source::State>(id.text()));
        TRY(if_match.check(unit.version_of(id.text()).value));
        if (!state->active()) return use_cases::remove_source(unit, id);  // says what is wrong
        const auto change = TRY(read_change(api, request, *state));
        return use_cases::change_source(unit, id, change);
      }));
  CO_TRY(co_await wait_for_position(api, outcome.last, request.deadline));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    const auto source = TRY(find_source(rows, id));
    return written(200, render(source, true, rows.language()), outcome, source.version);
  });
}

Answer remove_source(const Api& api, Session session, http::Request request) {
  const SourceId id = CO_TRY(part_of_path<SourceId>(request, "source"));
  const auto outcome = CO_TRY(
      co_await execute_plain(api, command_of(session, request, "remove_source", id.text()),
                             [id](Unit& unit) { return use_cases::remove_source(unit, id); }));
  co_return written(http::Response::no_content(), outcome);
}

}  // namespace dealog::api
