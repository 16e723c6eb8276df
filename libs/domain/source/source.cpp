#include "libs/domain/source/source.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include "dealog/v1/intake_events.pb.h"
#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::source {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kSettingsBytes = 64 << 10;
constexpr std::size_t kSecrets = 20;
constexpr std::size_t kSecretBytes = 8 << 10;  // a PEM key fits
constexpr std::size_t kTokenCharacters = 43;   // base64url of 256 bits

std::map<std::string, std::string> secrets_from(
    const google::protobuf::Map<std::string, std::string>& secrets) {
  return {secrets.begin(), secrets.end()};
}

void check_settings(InputCheck& check, std::string_view settings) {
  if (settings.size() > kSettingsBytes) {
    return check.add("/settings", "too_long", fmt::format("не длиннее {} байт", kSettingsBytes),
                     fmt::format("at most {} bytes", kSettingsBytes));
  }
  boost::json::error_code error;
  const auto parsed =
      boost::json::parse(boost::json::string_view(settings.data(), settings.size()), error);
  if (error || !parsed.is_object()) {
    check.add("/settings", "not_an_object", "настройки — объект JSON",
              "settings are a JSON object");
  }
}

void check_secrets(InputCheck& check, const std::map<std::string, std::string>& secrets) {
  if (secrets.size() > kSecrets) {
    check.add("/secret", "too_many", fmt::format("не больше {}", kSecrets),
              fmt::format("at most {}", kSecrets));
  }
  for (const auto& [name, value] : secrets) {
    // The main one has no name, whether others stand beside it or not.
    check.text(name, "/secret", limits::kCodeBytes, Presence::kOptional);
    check.text(value, name.empty() ? std::string("/secret") : "/secret" + pointer_step(name),
               kSecretBytes, Presence::kOptional);
  }
}

Result<void> require_active(const State& state, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "source_not_found", "такого источника нет",
                  "there is no such source");
  }
  if (state.removed) {
    return refuse(language, ErrorKind::kConflict, "source_removed", "этот источник удалён",
                  "this source was removed");
  }
  return {};
}

void apply(State& state, const v1::SourceConnected& event) {
  state.provider = event.provider();
  state.name = event.name();
  state.settings_json = event.settings_json();
  state.token_sha256 = from_hex(event.token_sha256()).value_or("");
  state.token = event.token();
  state.secrets = secrets_from(event.secrets());
}

void apply(State& state, const v1::SourceChanged& event) {
  if (event.has_name()) state.name = event.name();
  if (event.has_settings_json()) state.settings_json = event.settings_json();
  if (event.secrets_changed()) state.secrets = secrets_from(event.secrets());
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* connected = event.as<v1::SourceConnected>()) {
    apply(state, *connected);
  } else if (const auto* changed = event.as<v1::SourceChanged>()) {
    apply(state, *changed);
  } else if (event.as<v1::SourceRemoved>() != nullptr) {
    state.removed = true;
    state.token.clear();
    state.secrets.clear();
  }
}

bool token_matches(const State& state, std::string_view token) {
  if (!state.active() || state.token_sha256.empty()) return false;
  return equal_constant_time(sha256(token), state.token_sha256);
}

Result<Events> decide(const State& state, const ConnectSource& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "source_exists", "этот источник уже подключён",
                  "this source is connected already");
  }
  InputCheck check(language);
  check.text(command.provider, "/provider", limits::kCodeBytes, Presence::kRequired);
  check.text(command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  check_settings(check, command.settings_json);
  check_secrets(check, command.secrets);
  if (command.token.size() != kTokenCharacters) {
    check.add("/token", "invalid_token", "в токене адреса 256 бит",
              "the token of a hook address has 256 bits");
  }
  TRY(check.result());
  v1::SourceConnected event;
  event.set_provider(command.provider);
  event.set_name(std::string(trim(command.name)));
  event.set_token_sha256(to_hex(sha256(command.token)));
  event.set_token(command.token);
  event.set_settings_json(command.settings_json);
  event.mutable_secrets()->insert(command.secrets.begin(), command.secrets.end());
  return Events{make_event(std::move(event), {open_tag(std::string(kSourcesTag))})};
}

Result<Events> decide(const State& state, const ChangeSource& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  if (command.name) check.text(*command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  if (command.settings_json) check_settings(check, *command.settings_json);
  if (command.secrets) check_secrets(check, *command.secrets);
  TRY(check.result());
  v1::SourceChanged event;
  bool differs = false;
  if (command.name && trim(*command.name) != state.name) {
    event.set_name(std::string(trim(*command.name)));
    differs = true;
  }
  if (command.settings_json && *command.settings_json != state.settings_json) {
    event.set_settings_json(*command.settings_json);
    differs = true;
  }
  if (command.secrets && *command.secrets != state.secrets) {
    event.set_secrets_changed(true);
    event.mutable_secrets()->insert(command.secrets->begin(), command.secrets->end());
    differs = true;
  }
  if (!differs) return Events{};
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const RemoveSource&, Language language) {
  TRY(require_active(state, language));
  return Events{make_event(v1::SourceRemoved{})};
}

}  // namespace dealog::source
