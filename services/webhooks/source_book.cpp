#include "services/webhooks/source_book.hpp"

#include <fmt/format.h>

#include "libs/base/limits.hpp"

namespace dealog::webhooks {
namespace {

std::unexpected<Error> not_found(std::string_view id) {
  return fail(ErrorKind::kNotFound, "source_not_found",
              fmt::format("there is no source {}", id.substr(0, limits::kCodeBytes)));
}

Result<std::shared_ptr<const ConnectedSource>> parse(const SourceId& id,
                                                     const source::State& state) {
  auto out = std::make_shared<ConnectedSource>();
  out->id = id;
  out->version = state.version;
  out->state = state;
  out->provider = connectors::find_provider(state.provider);
  if (out->provider == nullptr) {
    return fail(ErrorKind::kInternal, "source_unusable",
                fmt::format("source {} has an unknown provider", id.text()));
  }
  out->settings = TRY(
      connectors::stored_settings(state.provider, state.settings_json, state.secrets, id.text()));
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
