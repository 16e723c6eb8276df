#include "services/webhooks/source_book.hpp"

#include <fmt/format.h>

namespace dealog::webhooks {
namespace {

std::unexpected<Error> not_found(std::string_view id) {
  return fail(ErrorKind::kNotFound, "source_not_found",
              fmt::format("there is no source {}", id.substr(0, limits::kCodeBytes)));
}

std::unexpected<Error> unusable(std::string_view id, std::string_view why) {
  return fail(ErrorKind::kInternal, "source_unusable",
              fmt::format("source {} cannot be used: {}", id, why));
}

Result<std::shared_ptr<const ConnectedSource>> parse(const SourceId& id,
                                                     const source::State& state) {
  auto out = std::make_shared<ConnectedSource>();
  out->id = id;
  out->version = state.version;
  out->state = state;
  out->provider = connectors::find_provider(state.provider);
  if (out->provider == nullptr) return unusable(id.text(), "unknown provider " + state.provider);
  boost::json::error_code error;
  const auto json = boost::json::parse(state.settings_json, error);
  if (error) return unusable(id.text(), "its settings are no JSON");
  boost::json::object secrets;
  for (const auto& [name, value] : state.secrets) secrets[name] = value;
  auto settings = connectors::parse_settings(
      state.provider, json,
      secrets.empty() ? boost::json::value(nullptr) : boost::json::value(std::move(secrets)));
  if (!settings) return unusable(id.text(), settings.error().message);
  out->settings = *std::move(settings);
  out->settings.account = id.text();
  return out;
}

}  // namespace

Result<std::shared_ptr<const ConnectedSource>> SourceBook::find(std::string_view id) const {
  auto found = TRY(find_any(id));
  if (!found->state.active()) return not_found(id);
  return found;
}

Result<std::shared_ptr<const ConnectedSource>> SourceBook::find_any(std::string_view text) const {
  const auto id = SourceId::parse(text);
  if (!id) return not_found(text);
  const auto state = TRY(folds_.current<source::State>(text));
  if (!state->exists()) return not_found(text);
  {
    const std::lock_guard lock(mutex_);
    const auto known = parsed_.find(*id);
    if (known != parsed_.end() && known->second->version == state->version) return known->second;
  }
  auto made = TRY(parse(*id, *state));
  const std::lock_guard lock(mutex_);
  parsed_[*id] = made;
  return made;
}

}  // namespace dealog::webhooks
