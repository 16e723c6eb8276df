#include "libs/command/use_cases/users.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"

namespace dealog::use_cases {
namespace {

template <class Command>
Result<void> change(Unit& unit, const UserId& id, const Command& command) {
  const auto* state = TRY(unit.load<user::State>(id.text()));
  unit.emit(id.text(), TRY(user::decide(*state, command, unit.language())));
  return {};
}

}  // namespace

Result<UserId> register_user(Unit& unit, const user::RegisterUser& command) {
  const auto id = unit.new_id<UserId>(fmt::format("user/{}", unit.emitted().size()));
  TRY(change(unit, id, command));
  return id;
}

Result<void> change_user(Unit& unit, const UserId& id, const user::ChangeUserDetails& command) {
  return change(unit, id, command);
}

Result<void> deactivate_user(Unit& unit, const UserId& id) {
  return change(unit, id, user::DeactivateUser{});
}

Result<IssuedToken> issue_token(Unit& unit, const UserId& id, const TokenInput& input) {
  const user::TokenParts parts{
      .id = unit.new_id<TokenId>(fmt::format("token/{}", unit.emitted().size())),
      .secret = random_bytes(user::kTokenSecretBytes)};
  TRY(change(unit, id,
             user::IssueToken{.token = parts.id,
                              .secret_sha256 = user::token_hash(parts.secret),
                              .rights = input.rights,
                              .label = input.label,
                              .now = unit.now(),
                              .expires_at = input.expires_at}));
  return IssuedToken{parts.id, user::format_token(parts)};
}

Result<void> revoke_token(Unit& unit, const TokenId& token) {
  const auto last = TRY(unit.last_with_tag(open_tag(token.text())));
  const auto id = last ? UserId::parse(last->stream) : UserId::parse("");
  if (!id) {
    return fail(ErrorKind::kNotFound, "token_not_found", "there is no token " + token.text());
  }
  return change(unit, *id, user::RevokeToken{token});
}

}  // namespace dealog::use_cases
