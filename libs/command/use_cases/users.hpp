// Users and their tokens.
#pragma once

#include <string>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {

// Errors: those of user::decide; kConflict "user_exists" when another one has the e-mail address,
// with data {"user"}.
Result<UserId> register_user(Unit& unit, const user::RegisterUser& command);
// Both refuse to leave the company without an active owner, or without anybody who has the right
// `admin`: nobody could change it back. Errors: those of
// register_user, kConflict "last_owner" | "last_admin".
Result<void> change_user(Unit& unit, const UserId& id, const user::ChangeUserDetails& change);
Result<void> deactivate_user(Unit& unit, const UserId& id);

struct TokenInput {
  user::Rights rights;
  std::string label;
  Timestamp expires_at;  // zero: never
};
struct IssuedToken {
  TokenId token;
  std::string text;  // "dlg_…": shown once, never stored
};
Result<IssuedToken> issue_token(Unit& unit, const UserId& id, const TokenInput& input);
// Errors: kNotFound "token_not_found".
Result<void> revoke_token(Unit& unit, const TokenId& token);

}  // namespace dealog::use_cases
