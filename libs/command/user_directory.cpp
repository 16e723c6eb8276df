#include "libs/command/user_directory.hpp"

#include <algorithm>

#include "dealog/v1/party_events.pb.h"

namespace dealog {
namespace {

constexpr std::size_t kUsers = 100'000;

}  // namespace

Result<Principal> UserDirectory::authenticate(std::string_view token_text, Timestamp now,
                                              Language language) const {
  const auto token = TRY(user::parse_token(token_text, language));
  const auto id = TRY(user_of(token.id));
  if (!id) return user::invalid_token(language);
  const auto state = TRY(folds_.current<user::State>(id->text()));
  const auto known = state->tokens.find(token.id);
  if (known == state->tokens.end()) return user::invalid_token(language);
  if (!user::token_matches(token.secret, known->second.secret_sha256))
    return user::invalid_token(language);
  const auto rights = user::effective_rights(*state, token.id, now);
  if (!rights) return user::invalid_token(language);
  return Principal{.user = *id, .token = token.id, .rights = *rights};
}

Result<std::string> UserDirectory::zone_of(const UserId& user) const {
  const auto state = TRY(folds_.current<user::State>(user.text()));
  return state->time_zone;
}

Result<std::vector<UserId>> UserDirectory::users() const {
  std::vector<UserId> users;
  const auto events = TRY(folds_.with_tag(open_tag(std::string(user::kUsersTag)), kUsers));
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    const auto id = UserId::parse(event->stream);
    if (id && event->as<v1::UserRegistered>() != nullptr) users.push_back(*id);
  }
  return users;
}

Result<std::optional<UserId>> UserDirectory::user_of(const TokenId& token) const {
  {
    const std::lock_guard lock(mutex_);
    const auto found = users_.find(token);
    if (found != users_.end()) return found->second;
  }
  const auto last = TRY(folds_.last_with_tag(open_tag(token.text())));
  if (!last) return std::nullopt;
  const auto id = UserId::parse(last->stream);
  if (!id) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (users_.size() >= kRememberedTokens) users_.clear();
  users_.emplace(token, *id);
  return *id;
}

}  // namespace dealog
