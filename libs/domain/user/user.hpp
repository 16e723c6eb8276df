// A user of the service and the tokens that act for him. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/domain/user/absence.hpp"
#include "libs/domain/user/rights.hpp"
#include "libs/domain/user/token.hpp"
#include "libs/event/event.hpp"

namespace dealog::user {

// Every user carries it, so that all of them can be listed.
inline constexpr std::string_view kUsersTag = "users";

// What somebody is good at, as rules that assign by skill name it: types of work, languages.
inline constexpr std::size_t kSkills = 50;

struct Token {
  std::string secret_sha256;  // 32 bytes
  Rights rights;
  std::string label;
  Timestamp issued_at;
  Timestamp expires_at;  // zero: never
  bool revoked = false;

  bool operator==(const Token&) const = default;
};

struct State {
  StreamVersion version;
  std::string name;
  std::string email;
  std::string role;
  std::string time_zone;
  std::string team;                 // a code; empty: none
  std::string calendar;             // a code of a regulation's calendars; empty: the company's
  std::vector<std::string> skills;  // codes, sorted
  std::string telegram;             // the number of the chat with the bot; empty: none
  std::vector<Absence> absences;    // in order, not overlapping
  Rights rights;
  bool active = false;
  std::map<TokenId, Token> tokens;

  bool exists() const { return version.value > 0; }
  // Until when the user is away at that instant; nothing: is not.
  std::optional<Timestamp> absent_until(Timestamp now) const;
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

// Every event that takes or gives back an e-mail address carries its tag, so that whoever takes one
// can make it a condition that nobody else has. Nothing for what is no address.
std::optional<Tag> email_tag(std::string_view email);
// Whether the user has that address now; whoever was deactivated has none any more.
bool holds_email(const State& state, std::string_view email);

// Errors: kNotFound "user_not_found"; kConflict "user_inactive".
Result<void> require_active(const State& state, Language language);

struct RegisterUser {
  std::string name;
  std::string email;  // may be empty
  std::string role;   // owner, supervisor, seller, marketing, integration
  std::string time_zone;
  std::string team = {};
  std::string calendar = {};
  std::vector<std::string> skills = {};
  std::string telegram = {};
  Rights rights;
};
struct ChangeUserDetails {
  std::optional<std::string> name;
  std::optional<std::string> email;
  std::optional<std::string> role;
  std::optional<std::string> time_zone;
  std::optional<std::string> team = {};      // empty: out of it
  std::optional<std::string> calendar = {};  // empty: the company's again
  std::optional<std::vector<std::string>> skills = {};
  std::optional<std::string> telegram = {};  // empty: none any more
  std::optional<Rights> rights;
};
struct DeactivateUser {};
struct IssueToken {
  TokenId token;
  std::string secret_sha256;  // 32 bytes
  Rights rights;              // a subset of the user's
  std::string label;
  Timestamp now;
  Timestamp expires_at;  // zero: never
};
struct RevokeToken {
  TokenId token;
};
// Errors: kInvalid with `fields`; kNotFound "user_not_found" | "token_not_found" |
// "absence_not_found"; kConflict
// "user_exists" | "user_inactive" | "absence_overlaps" (data {"absence"}); kForbidden
// "right_missing" (a token beyond its user's rights); kTooLarge "too_many_tokens" |
// "too_many_absences".
Result<std::vector<NewEvent>> decide(const State& state, const RegisterUser& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeUserDetails& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const DeactivateUser& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const IssueToken& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RevokeToken& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RecordAbsence& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const WithdrawAbsence& command,
                                     Language language = Language::kEn);

// The rights with which a token acts now: its own, as far as the user still has them. Nothing when
// the token is unknown, revoked or expired, or the user is gone.
std::optional<Rights> effective_rights(const State& state, const TokenId& token, Timestamp now);

}  // namespace dealog::user
