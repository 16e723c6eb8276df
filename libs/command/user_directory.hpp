// Who asks, and what he may do.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libs/command/folds.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog {

struct Principal {
  UserId user;
  TokenId token;
  user::Rights rights;  // the token's, as far as the user still has them

  Actor actor() const { return {"user", user.text()}; }
};

// Of which user a token is never changes, so it may be remembered; this many are.
inline constexpr std::size_t kRememberedTokens = 100'000;

// Reads through the folds: a revocation that this process made holds at once. Thread: any.
class UserDirectory {
 public:
  explicit UserDirectory(const Folds& folds) : folds_(folds) {}

  // Errors: kUnauthorized "invalid_token", whatever is wrong with it.
  Result<Principal> authenticate(std::string_view token_text, Timestamp now,
                                 Language language = Language::kEn) const;
  // IANA zone of a user; empty for one who does not exist.
  Result<std::string> zone_of(const UserId& user) const;
  // As they were registered.
  Result<std::vector<UserId>> users() const;

 private:
  Result<std::optional<UserId>> user_of(const TokenId& token) const;

  const Folds& folds_;
  mutable std::mutex mutex_;
  mutable std::unordered_map<TokenId, UserId> users_;  // guarded by mutex_
};

}  // namespace dealog
