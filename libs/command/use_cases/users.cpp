#include "libs/command/use_cases/users.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {
namespace {

constexpr std::size_t kUsers = 100'000;

template <class Command>
Result<void> change(Unit& unit, const UserId& id, const Command& command) {
  const auto* state = TRY(unit.load<user::State>(id.text()));
  unit.emit(id.text(), TRY(user::decide(*state, command, unit.language())));
  return {};
}

bool is_owner(const user::State& state) { return state.active && state.role == "owner"; }
bool is_admin(const user::State& state) {
  return state.active && state.rights.has(user::Right::kAdmin);
}

// Whether somebody besides `id` is so; that he still is becomes a condition of the append, since
// two who deactivate one another at the same moment would both find the other one there.
Result<bool> another_is(Unit& unit, const UserId& id, bool (*is)(const user::State&)) {
  const auto events = TRY(unit.with_tag(open_tag(std::string(user::kUsersTag)), kUsers));
  for (const auto& event : events) {
    if (event.stream == id.text()) continue;
    if (!is(*TRY(unit.glance<user::State>(event.stream)))) continue;
    return is(*TRY(unit.load<user::State>(event.stream)));
  }
  return false;
}

// What the unit did to `id` so far must not have left nobody.
Result<void> keep_somebody(Unit& unit, const UserId& id, bool was_owner, bool was_admin) {
  const auto* after = TRY(unit.load<user::State>(id.text()));
  const bool owner = is_owner(*after), admin = is_admin(*after);
  if (was_owner && !owner && !TRY(another_is(unit, id, is_owner))) {
    return refuse(unit.language(), ErrorKind::kConflict, "last_owner",
                  "это последний владелец; сначала сделайте владельцем кого-то ещё",
                  "this is the last owner; make somebody else an owner first");
  }
  if (was_admin && !admin && !TRY(another_is(unit, id, is_admin))) {
    return refuse(unit.language(), ErrorKind::kConflict, "last_admin",
                  "больше ни у кого нет права «admin»; сначала дайте его кому-то ещё",
                  "nobody else has the right 'admin'; give it to somebody else first");
  }
  return {};
}

// Two people with one address could not be told apart by whoever writes to them. That nobody takes
// it meanwhile becomes a condition of the append.
Result<void> hold_email(Unit& unit, const UserId& id, std::string_view email) {
  const auto tag = user::email_tag(email);
  if (!tag) return {};
  const auto last = TRY(unit.hold_tag(*tag));
  if (!last || last->stream == id.text()) return {};
  if (!user::holds_email(*TRY(unit.glance<user::State>(last->stream)), email)) return {};
  return fail(Error{.kind = ErrorKind::kConflict,
                    .code = "user_exists",
                    .message = std::string(in(unit.language(), "этот адрес почты — у пользователя ",
                                              "this e-mail address belongs to ")) +
                               last->stream,
                    .data = fmt::format(R"({{"user":"{}"}})", last->stream)});
}

template <class Command>
Result<void> change_keeping_somebody(Unit& unit, const UserId& id, const Command& command) {
  const auto* before = TRY(unit.load<user::State>(id.text()));
  const bool was_owner = is_owner(*before), was_admin = is_admin(*before);
  TRY(change(unit, id, command));
  return keep_somebody(unit, id, was_owner, was_admin);
}

}  // namespace

Result<UserId> register_user(Unit& unit, const user::RegisterUser& command) {
  const auto id = unit.new_id<UserId>(fmt::format("user/{}", unit.emitted().size()));
  TRY(hold_email(unit, id, command.email));
  TRY(change(unit, id, command));
  return id;
}

Result<void> change_user(Unit& unit, const UserId& id, const user::ChangeUserDetails& command) {
  if (command.email) TRY(hold_email(unit, id, *command.email));
  return change_keeping_somebody(unit, id, command);
}

Result<void> deactivate_user(Unit& unit, const UserId& id) {
  return change_keeping_somebody(unit, id, user::DeactivateUser{});
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
    return not_found(unit.language(), "token", token.text());
  }
  return change(unit, *id, user::RevokeToken{token});
}

}  // namespace dealog::use_cases
