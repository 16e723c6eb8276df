#include "libs/domain/endpoint/endpoint.hpp"

#include "dealog/v1/effect_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::endpoint {
namespace {

using Events = std::vector<NewEvent>;

Result<void> require_exists(const State& state, Language language) {
  if (state.exists()) return {};
  return refuse(language, ErrorKind::kNotFound, "endpoint_not_found", "такого адреса нет",
                "there is no such endpoint");
}

void check_url(const std::string& url, InputCheck& check) {
  check.text(url, "/url", kUrlBytes, Presence::kRequired);
  const bool known = url.starts_with("https://") || url.starts_with("http://");
  const bool in_one_line = url.find_first_of(" \r\n\t") == std::string::npos;
  if (!known || !in_one_line) {
    check.add("/url", "invalid_url", "нужен адрес вида https://…",
              "an address of the form https://… is expected");
  }
}

void check_secret(const std::string& secret, InputCheck& check) {
  const bool prefixed = secret.starts_with(kSecretPrefix);
  const auto bytes = from_base64(prefixed ? secret.substr(kSecretPrefix.size()) : std::string());
  if (prefixed && bytes && bytes->size() >= kLeastSecretBytes && bytes->size() <= kMostSecretBytes)
    return;
  check.add("/secret", "invalid_secret", "нужен секрет вида whsec_ и base64 от 24 до 64 байтов",
            "whsec_ and base64 of 24 to 64 bytes is expected");
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* created = event.as<v1::WebhookEndpointCreated>()) {
    state.code = created->code();
    state.name = created->name();
    state.url = created->url();
    state.secret = created->secret();
  } else if (const auto* changed = event.as<v1::WebhookEndpointChanged>()) {
    if (!changed->name().empty()) state.name = changed->name();
    if (!changed->url().empty()) state.url = changed->url();
  } else if (const auto* rotated = event.as<v1::WebhookSecretRotated>()) {
    state.previous = std::move(state.secret);
    state.previous_until = {rotated->previous_until()};
    state.secret = rotated->secret();
  } else if (const auto* disabled = event.as<v1::WebhookEndpointDisabled>()) {
    state.disabled = disabled->reason();
  } else if (event.as<v1::WebhookEndpointEnabled>() != nullptr) {
    state.disabled.clear();
  }
}

Tag code_tag(std::string_view code) { return open_tag("webhook-endpoint:" + std::string(code)); }

std::vector<std::string> signing_secrets(const State& state, Timestamp now) {
  std::vector<std::string> secrets{state.secret};
  if (!state.previous.empty() && now < state.previous_until) secrets.push_back(state.previous);
  return secrets;
}

Result<Events> decide(const State& state, const CreateEndpoint& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "endpoint_exists", "такой адрес уже есть",
                  "this endpoint exists already");
  }
  InputCheck check(language);
  check.code(command.code, "/code");
  check.text(command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  check_url(command.url, check);
  check_secret(command.secret, check);
  TRY(check.result());
  v1::WebhookEndpointCreated event;
  event.set_code(command.code);
  event.set_name(command.name);
  event.set_url(command.url);
  event.set_secret(command.secret);
  return Events{make_event(std::move(event), {code_tag(command.code)})};
}

Result<Events> decide(const State& state, const ChangeEndpoint& command, Language language) {
  TRY(require_exists(state, language));
  InputCheck check(language);
  v1::WebhookEndpointChanged event;
  if (command.name && *command.name != state.name) {
    check.text(*command.name, "/name", limits::kTitleBytes, Presence::kRequired);
    event.set_name(*command.name);
  }
  if (command.url && *command.url != state.url) {
    check_url(*command.url, check);
    event.set_url(*command.url);
  }
  TRY(check.result());
  if (event.name().empty() && event.url().empty()) return Events{};
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const RotateSecret& command, Timestamp now,
                      Language language) {
  TRY(require_exists(state, language));
  InputCheck check(language);
  check_secret(command.secret, check);
  if (command.overlap < std::chrono::seconds(0) || command.overlap > kLongestOverlap) {
    check.add("/overlap_s", "out_of_range", "от 0 секунд до 30 дней", "from 0 seconds to 30 days");
  }
  TRY(check.result());
  v1::WebhookSecretRotated event;
  event.set_secret(command.secret);
  event.set_previous_until((now + command.overlap).us);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const DisableEndpoint& command, Language language) {
  TRY(require_exists(state, language));
  if (!state.disabled.empty()) return Events{};
  v1::WebhookEndpointDisabled event;
  event.set_reason(command.reason);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const EnableEndpoint&, Language language) {
  TRY(require_exists(state, language));
  if (state.disabled.empty()) return Events{};
  return Events{make_event(v1::WebhookEndpointEnabled{})};
}

}  // namespace dealog::endpoint
