#include "libs/domain/user/user.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dealog/v1/party_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::user {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kChatDigits = 20;
constexpr std::size_t kTokens = 1000;  // of one user, revoked ones too
constexpr std::array<std::string_view, 5> kRoles = {"owner", "supervisor", "seller", "marketing",
                                                    "integration"};

// Rights that a newer version of Dealog wrote are passed over: nobody gets more than is understood.
Rights rights_from(const google::protobuf::RepeatedPtrField<std::string>& names) {
  Rights rights;
  for (const auto& name : names) {
    const auto one = Rights::parse(std::span(&name, 1));
    if (one) rights = rights.joined(*one);
  }
  return rights;
}

template <class Message>
void set_rights(Message& message, const Rights& rights) {
  for (const auto name : rights.names()) message.add_rights(std::string(name));
}

// A token acts for its user, so it can do no more than the user.
Result<void> within(const Rights& users, const Rights& asked, Language language) {
  std::string beyond;
  for (const Right right : asked.list()) {
    if (users.has(right)) continue;
    beyond.append(beyond.empty() ? "" : ", ").append(name_of(right));
  }
  if (beyond.empty()) return {};
  return refuse(language, ErrorKind::kForbidden, "right_missing",
                fmt::format("у пользователя нет этих прав: {}; попросите администратора дать их "
                            "пользователю или выдайте токен без них",
                            beyond),
                fmt::format("the user does not have these rights: {}; ask an administrator to give "
                            "them to the user, or issue the token without them",
                            beyond));
}

void check_role(InputCheck& check, std::string_view role) {
  if (std::find(kRoles.begin(), kRoles.end(), role) != kRoles.end()) return;
  check.add("/role", "unknown_role",
            "роль — одна из: owner, supervisor, seller, marketing, integration",
            "a role is one of: owner, supervisor, seller, marketing, integration");
}

void check_zone(InputCheck& check, std::string_view zone) {
  const auto known = check_time_zone(zone);
  if (!known)
    check.add("/time_zone", "unknown_time_zone", "часовой пояс вида Europe/Moscow",
              "a time zone is like Europe/Moscow");
}

void check_calendar(InputCheck& check, std::string_view calendar) {
  if (!calendar.empty()) check.code(calendar, "/calendar");
}

void check_skills(InputCheck& check, const std::vector<std::string>& skills) {
  for (std::size_t i = 0; i < skills.size(); ++i) {
    check.code(skills[i], fmt::format("/skills/{}", i).c_str());
  }
  if (skills.size() <= kSkills) return;
  check.add("/skills", "too_many", fmt::format("не больше {}", kSkills),
            fmt::format("at most {}", kSkills));
}

std::vector<std::string> sorted(std::vector<std::string> skills) {
  std::ranges::sort(skills);
  skills.erase(std::ranges::unique(skills).begin(), skills.end());
  return skills;
}

void check_email(InputCheck& check, std::string_view email) {
  if (!email.empty() && !normalise_email(email)) {
    check.add("/email", "invalid_email", "это не адрес электронной почты",
              "this is not an e-mail address");
  }
}

// The bot writes to a chat by its number alone.
void check_telegram(InputCheck& check, std::string_view chat) {
  const bool number = chat.size() <= kChatDigits &&
                      std::ranges::all_of(chat, [](char c) { return c >= '0' && c <= '9'; });
  if (number) return;
  check.add("/telegram", "invalid_chat", "номер чата с ботом, только цифры",
            "the number of the chat with the bot, digits alone");
}

std::string email_of(std::string_view typed) { return normalise_email(typed).value_or(""); }

// Of the addresses that an event takes or gives back.
std::vector<Tag> tags_of(const std::string& given_back, const std::string& taken) {
  std::vector<Tag> tags;
  for (const auto* address : {&given_back, &taken}) {
    if (auto tag = email_tag(*address)) tags.push_back(*std::move(tag));
  }
  return tags;
}

void apply(State& state, const v1::UserRegistered& event) {
  state.name = event.name();
  state.email = event.email();
  state.role = event.role();
  state.time_zone = event.time_zone();
  state.team = event.team();
  state.calendar = event.calendar();
  state.skills = {event.skills().begin(), event.skills().end()};
  state.telegram = event.telegram();
  state.rights = rights_from(event.rights());
  state.active = true;
}

void apply(State& state, const v1::UserDetailsChanged& event) {
  if (event.has_name()) state.name = event.name();
  if (event.has_email()) state.email = event.email();
  if (event.has_role()) state.role = event.role();
  if (event.has_time_zone()) state.time_zone = event.time_zone();
  if (event.has_team()) state.team = event.team();
  if (event.has_calendar()) state.calendar = event.calendar();
  if (event.skills_changed()) state.skills = {event.skills().begin(), event.skills().end()};
  if (event.has_telegram()) state.telegram = event.telegram();
  if (event.rights_changed()) state.rights = rights_from(event.rights());
}

void apply(State& state, Timestamp recorded, const v1::TokenIssued& event) {
  const auto id = TokenId::parse(event.token());
  if (!id) return;
  state.tokens[*id] = {from_hex(event.secret_sha256()).value_or(""),
                       rights_from(event.rights()),
                       event.label(),
                       recorded,
                       {event.expires_at()},
                       false};
}

void apply(State& state, const v1::TokenRevoked& event) {
  const auto id = TokenId::parse(event.token());
  if (!id) return;
  const auto found = state.tokens.find(*id);
  if (found != state.tokens.end()) found->second.revoked = true;
}

}  // namespace

std::optional<Tag> email_tag(std::string_view typed) {
  const std::string email = email_of(typed);
  if (email.empty()) return std::nullopt;
  return personal_tag("user-email:" + email);
}

bool holds_email(const State& state, std::string_view typed) {
  return state.active && !state.email.empty() && state.email == email_of(typed);
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* registered = event.as<v1::UserRegistered>()) {
    apply(state, *registered);
  } else if (const auto* changed = event.as<v1::UserDetailsChanged>()) {
    apply(state, *changed);
  } else if (event.as<v1::UserDeactivated>() != nullptr) {
    state.active = false;
  } else if (const auto* issued = event.as<v1::TokenIssued>()) {
    apply(state, event.recorded, *issued);
  } else if (const auto* revoked = event.as<v1::TokenRevoked>()) {
    apply(state, *revoked);
  } else {
    evolve(state.absences, event);
  }
}

Result<void> require_active(const State& state, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "user_not_found", "такого пользователя нет",
                  "there is no such user");
  }
  if (!state.active) {
    return refuse(language, ErrorKind::kConflict, "user_inactive", "этот пользователь отключён",
                  "this user was deactivated");
  }
  return {};
}

Result<Events> decide(const State& state, const RegisterUser& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "user_exists", "этот пользователь уже есть",
                  "this user is registered already");
  }
  InputCheck check(language);
  check.text(command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  check_email(check, command.email);
  check_role(check, command.role);
  check_zone(check, command.time_zone);
  check.text(command.team, "/team", limits::kCodeBytes, Presence::kOptional);
  check_calendar(check, command.calendar);
  check_skills(check, command.skills);
  check_telegram(check, command.telegram);
  TRY(check.result());
  v1::UserRegistered event;
  event.set_name(std::string(trim(command.name)));
  event.set_email(email_of(command.email));
  event.set_role(command.role);
  event.set_time_zone(command.time_zone);
  event.set_team(command.team);
  event.set_calendar(command.calendar);
  for (const auto& skill : sorted(command.skills)) event.add_skills(skill);
  event.set_telegram(command.telegram);
  set_rights(event, command.rights);
  auto tags = tags_of("", event.email());
  tags.push_back(open_tag(std::string(kUsersTag)));
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Events> decide(const State& state, const ChangeUserDetails& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  if (command.name) check.text(*command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  if (command.email) check_email(check, *command.email);
  if (command.role) check_role(check, *command.role);
  if (command.time_zone) check_zone(check, *command.time_zone);
  if (command.team) {
    check.text(*command.team, "/team", limits::kCodeBytes, Presence::kOptional);
  }
  if (command.calendar) check_calendar(check, *command.calendar);
  if (command.skills) check_skills(check, *command.skills);
  if (command.telegram) check_telegram(check, *command.telegram);
  TRY(check.result());
  v1::UserDetailsChanged event;
  bool differs = false;
  if (command.name && trim(*command.name) != state.name) {
    event.set_name(std::string(trim(*command.name)));
    differs = true;
  }
  if (command.email && email_of(*command.email) != state.email) {
    event.set_email(email_of(*command.email));
    differs = true;
  }
  if (command.role && *command.role != state.role) {
    event.set_role(*command.role);
    differs = true;
  }
  if (command.time_zone && *command.time_zone != state.time_zone) {
    event.set_time_zone(*command.time_zone);
    differs = true;
  }
  if (command.team && *command.team != state.team) {
    event.set_team(*command.team);
    differs = true;
  }
  if (command.calendar && *command.calendar != state.calendar) {
    event.set_calendar(*command.calendar);
    differs = true;
  }
  if (command.skills && sorted(*command.skills) != state.skills) {
    event.set_skills_changed(true);
    for (const auto& skill : sorted(*command.skills)) event.add_skills(skill);
    differs = true;
  }
  if (command.telegram && *command.telegram != state.telegram) {
    event.set_telegram(*command.telegram);
    differs = true;
  }
  if (command.rights && *command.rights != state.rights) {
    event.set_rights_changed(true);
    set_rights(event, *command.rights);
    differs = true;
  }
  if (!differs) return Events{};
  auto tags = event.has_email() ? tags_of(state.email, event.email()) : std::vector<Tag>{};
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Events> decide(const State& state, const DeactivateUser&, Language language) {
  TRY(require_active(state, language));
  return Events{make_event(v1::UserDeactivated{})};
}

Result<Events> decide(const State& state, const IssueToken& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  check.text(command.label, "/label", limits::kTitleBytes, Presence::kOptional);
  if (!command.expires_at.is_zero() && command.expires_at <= command.now) {
    check.add("/expires_at", "in_the_past", "токен не может кончиться раньше, чем начнётся",
              "a token cannot be over before it begins");
  }
  TRY(check.result());
  TRY(within(state.rights, command.rights, language));
  if (state.tokens.contains(command.token)) {
    return refuse(language, ErrorKind::kConflict, "token_exists", "этот токен уже выдан",
                  "this token was issued already");
  }
  if (state.tokens.size() >= kTokens) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_tokens",
                  fmt::format("у пользователя не больше {} токенов за всё время", kTokens),
                  fmt::format("a user has at most {} tokens in all", kTokens));
  }
  v1::TokenIssued event;
  event.set_token(command.token.text());
  event.set_secret_sha256(to_hex(command.secret_sha256));
  set_rights(event, command.rights);
  event.set_label(command.label);
  event.set_expires_at(command.expires_at.us);
  return Events{make_event(std::move(event), {open_tag(command.token.text())})};
}

Result<Events> decide(const State& state, const RevokeToken& command, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "user_not_found", "такого пользователя нет",
                  "there is no such user");
  }
  const auto found = state.tokens.find(command.token);
  if (found == state.tokens.end()) {
    return refuse(language, ErrorKind::kNotFound, "token_not_found", "такого токена нет",
                  "there is no such token");
  }
  if (found->second.revoked) return Events{};
  v1::TokenRevoked event;
  event.set_token(command.token.text());
  return Events{make_event(std::move(event), {open_tag(command.token.text())})};
}

std::optional<Rights> effective_rights(const State& state, const TokenId& token, Timestamp now) {
  const auto found = state.tokens.find(token);
  if (!state.active || found == state.tokens.end() || found->second.revoked) return std::nullopt;
  const Timestamp expires_at = found->second.expires_at;
  if (!expires_at.is_zero() && expires_at <= now) return std::nullopt;
  return found->second.rights.intersection(state.rights);
}

}  // namespace dealog::user
