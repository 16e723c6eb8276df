// Users and their tokens.
#pragma once

#include "libs/projection/view_context.hpp"

namespace dealog::views {

// Days on which a user is away, both included.
struct UsersAbsence {
  std::string id, first_day, last_day, time_zone;
  Timestamp begins_at, ends_at;
  SealedText kind;
};

struct User {
  std::string id;
  std::uint64_t version = 0;
  SealedText name, email, telegram;
  std::string role, time_zone, team, calendar;
  std::vector<std::string> skills, rights;
  bool active = true;
  Timestamp created_at;
};

struct AccessToken {
  std::string id, user, secret_sha256;
  std::vector<std::string> rights;
  SealedText label;
  Timestamp issued_at;
  std::optional<Timestamp> expires_at, revoked_at;
};

// Thread: one.
class AccountsView {
 public:
  explicit AccountsView(const ViewContext& context)
      : context_(context), opener_(context.keys, context.personal) {}

  Result<std::optional<User>> user(std::string_view id) const;
  // In the order of their days; nothing when there is no such user.
  Result<std::optional<std::vector<UsersAbsence>>> absences(std::string_view user) const;
  Result<Page<User>> users(const PageRequest& page) const;  // newest first
  Result<std::optional<AccessToken>> token(std::string_view id) const;
  // Of one user, or of all ("" ); newest first; revoked ones too.
  Result<Page<AccessToken>> tokens(std::string_view user, const PageRequest& page) const;

 private:
  const ViewContext& context_;
  BoxOpener opener_;
};

}  // namespace dealog::views
