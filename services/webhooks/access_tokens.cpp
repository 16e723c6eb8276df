#include "services/webhooks/access_tokens.hpp"

#include "libs/base/clock.hpp"
#include "libs/base/logging.hpp"
#include "libs/command/use_cases/sources.hpp"
#include "libs/connectors/imap/oauth.hpp"

namespace dealog::webhooks {
namespace {

namespace imap = connectors::imap;

// A token that ends while it is used is of no use.
constexpr std::chrono::seconds kBeforeItsEnd{60};

}  // namespace

Result<std::string> AccessTokens::get(const SourceId& id) {
  const std::lock_guard lock(mutex_);
  const auto now = steady_now();
  const auto kept = kept_.find(id);
  if (kept != kept_.end() && now < kept->second.until) return kept->second.text;
  const auto source = TRY(sources_.find(id.text()));
  auto request = imap::token_request(source->settings);
  const auto answer = TRY(client_.send({.method = std::move(request.method),
                                        .url = std::move(request.url),
                                        .headers = std::move(request.headers),
                                        .body = std::move(request.body)}));
  auto token = TRY(imap::read_token(answer.status, answer.body));
  kept_[id] = {token.text, now + token.lasts - kBeforeItsEnd};
  if (!token.refresh_token.empty()) keep_refresh_token(*source, token.refresh_token);
  return std::move(token.text);
}

void AccessTokens::forget(const SourceId& source) {
  const std::lock_guard lock(mutex_);
  kept_.erase(source);
}

bool AccessTokens::has_stored(const SourceId& source, const std::string& refresh_token) {
  const std::lock_guard lock(mutex_);
  const auto stored = stored_.find(source);
  return stored != stored_.end() && stored->second == refresh_token;
}

void AccessTokens::keep_refresh_token(const ConnectedSource& source, const std::string& token) {
  stored_[source.id] = token;
  const auto changed =
      bus_.run({.name = "keep_refresh_token",
                .stream = source.id.text(),
                .actor = {"system", "mailboxes"},
                .rights = user::Rights::all(),
                .caller = Caller::kSource},
               [&](Unit& unit) -> Result<void> {
                 const auto* state = TRY(unit.load<source::State>(source.id.text()));
                 auto secrets = state->secrets;
                 secrets[std::string(imap::kRefreshToken)] = token;
                 return use_cases::change_source(unit, source.id, {.secrets = std::move(secrets)});
               });
  if (!changed) log_warning("refresh token not kept", {{"code", changed.error().code}});
}

}  // namespace dealog::webhooks
