#include "libs/command/use_cases/bcc_addresses.hpp"

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {

Result<std::string> issue_bcc_address(Unit& unit, const UserId& user) {
  const auto* state = TRY(unit.load<user::State>(user.text()));
  if (!state->exists()) {
    return refuse(unit.language(), ErrorKind::kNotFound, "user_not_found",
                  "такого пользователя нет", "there is no such user");
  }
  if (!state->active) {
    return refuse(unit.language(), ErrorKind::kConflict, "user_inactive",
                  "этот пользователь отключён", "this user is deactivated");
  }
  const StreamName stream = bcc_address::address_of(user).text();
  const auto* address = TRY(unit.load<bcc_address::State>(stream));
  std::string token = to_hex(random_bytes(bcc_address::kTokenCharacters / 2));
  unit.emit(stream, TRY(bcc_address::decide(*address, {user.text(), token})));
  return token;
}

Result<std::optional<UserId>> user_of_bcc_token(const Folds& folds, std::string_view token) {
  const auto issued = TRY(folds.last_with_tag(bcc_address::token_tag(token)));
  if (!issued) return std::nullopt;
  const auto address = TRY(folds.current<bcc_address::State>(issued->stream));
  if (address->token != token) return std::nullopt;
  const UserId user = TRY(UserId::parse(address->user));
  const auto state = TRY(folds.current<user::State>(user.text()));
  if (!state->active) return std::nullopt;
  return user;
}

}  // namespace dealog::use_cases
