#include "projections/accounts/accounts_view.hpp"

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/projection/row_reading.hpp"

namespace dealog::views {
namespace {

User read_user(const v1::UserRow& row, const BoxOpener& opener) {
  const auto first = opener.open(row.registered());
  User user{.id = row.user(),
            .version = row.version(),
            .name = {first.state(), {}},
            .email = {first.state(), {}},
            .telegram = {first.state(), {}},
            .role = row.role(),
            .time_zone = row.time_zone(),
            .team = row.team(),
            .calendar = row.calendar(),
            .skills = {row.skills().begin(), row.skills().end()},
            .rights = {row.rights().begin(), row.rights().end()},
            .active = row.active(),
            .created_at = {row.created_us()}};
  if (const auto* registered = first.as<v1::UserRegistered>()) {
    user.name = first.text(registered->name());
    user.email = first.text(registered->email());
    user.telegram = first.text(registered->telegram());
  }
  for (const auto& change : row.changes()) {
    const auto opened = opener.open(change);
    const auto* m = opened.as<v1::UserDetailsChanged>();
    if (!m) continue;
    if (opened.state() != TextState::kShown) {
      user.name = user.email = user.telegram = {opened.state(), {}};
      continue;
    }
    if (m->has_name()) user.name = opened.text(m->name());
    if (m->has_email()) user.email = opened.text(m->email());
    if (m->has_telegram()) user.telegram = opened.text(m->telegram());
  }
  return user;
}

UsersAbsence read_absence(const v1::AbsenceRow& row, const BoxOpener& opener) {
  const auto opened = opener.open(row.kind());
  UsersAbsence absence{.id = row.absence(),
                       .first_day = row.first_day(),
                       .last_day = row.last_day(),
                       .time_zone = row.time_zone(),
                       .begins_at = {row.begins_us()},
                       .ends_at = {row.ends_us()},
                       .kind = {opened.state(), {}}};
  if (const auto* m = opened.as<v1::AbsenceRecorded>()) absence.kind = opened.text(m->kind());
  return absence;
}

AccessToken read_token(const v1::TokenRow& row, const BoxOpener& opener) {
  const auto opened = opener.open(row.label());
  AccessToken token{.id = row.token(),
                    .user = row.user(),
                    .secret_sha256 = row.secret_sha256(),
                    .rights = {row.rights().begin(), row.rights().end()},
                    .label = {opened.state(), {}},
                    .issued_at = {row.issued_us()},
                    .expires_at = instant(row.expires_us()),
                    .revoked_at = instant(row.revoked_us())};
  if (const auto* issued = opened.as<v1::TokenIssued>()) token.label = opened.text(issued->label());
  return token;
}

}  // namespace

Result<std::optional<User>> AccountsView::user(std::string_view id) const {
  const auto row = TRY(find_row<v1::UserRow>(context_.rows, row_keys::key(row_keys::kUser, id)));
  if (!row) return std::nullopt;
  return read_user(*row, opener_);
}

Result<std::optional<std::vector<UsersAbsence>>> AccountsView::absences(
    std::string_view user) const {
  const auto row = TRY(find_row<v1::UserRow>(context_.rows, row_keys::key(row_keys::kUser, user)));
  if (!row) return std::nullopt;
  std::vector<UsersAbsence> absences;
  for (const auto& absence : row->absences()) absences.push_back(read_absence(absence, opener_));
  return absences;
}

Result<Page<User>> AccountsView::users(const PageRequest& page) const {
  return page_of_rows<User>(
      context_.rows, row_keys::kUser, page,
      [&](std::string_view, std::string_view value) -> Result<std::optional<User>> {
        return read_user(TRY(parse_row<v1::UserRow>(value)), opener_);
      });
}

Result<std::optional<AccessToken>> AccountsView::token(std::string_view id) const {
  const auto row =
      TRY(find_row<v1::TokenRow>(context_.rows, row_keys::key(row_keys::kAccessToken, id)));
  if (!row) return std::nullopt;
  return read_token(*row, opener_);
}

Result<Page<AccessToken>> AccountsView::tokens(std::string_view user,
                                               const PageRequest& page) const {
  if (user.empty()) {
    return page_of_rows<AccessToken>(
        context_.rows, row_keys::kAccessToken, page,
        [&](std::string_view, std::string_view value) -> Result<std::optional<AccessToken>> {
          return read_token(TRY(parse_row<v1::TokenRow>(value)), opener_);
        });
  }
  return page_of_rows<AccessToken>(
      context_.rows, row_keys::under(row_keys::kTokenOfUser, user), page,
      [&](std::string_view key, std::string_view) { return token(row_keys::last_part(key)); });
}

}  // namespace dealog::views
