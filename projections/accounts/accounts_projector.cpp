#include "projections/accounts/accounts_projector.hpp"

#include <algorithm>

#include "dealog/v1/absence_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {
namespace {

v1::UserRow& user_row(const RecordedEvent& event, ViewBatch& batch) {
  auto& row = batch.edit<v1::UserRow>(row_keys::key(row_keys::kUser, event.stream));
  row.set_user(event.stream);
  row.set_version(event.version.value);
  return row;
}

v1::TokenRow& token_row(const std::string& token, ViewBatch& batch) {
  auto& row = batch.edit<v1::TokenRow>(row_keys::key(row_keys::kAccessToken, token));
  row.set_token(token);
  return row;
}

void registered(const v1::UserRegistered& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = user_row(event, batch);
  row.set_role(m.role());
  row.set_time_zone(m.time_zone());
  row.set_team(m.team());
  row.set_calendar(m.calendar());
  *row.mutable_skills() = m.skills();
  *row.mutable_rights() = m.rights();
  row.set_active(true);
  row.set_created_us(event.occurred.at.us);
  keep_boxes(event, *row.mutable_registered());
}

void changed(const v1::UserDetailsChanged& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = user_row(event, batch);
  if (m.has_role()) row.set_role(m.role());
  if (m.has_time_zone()) row.set_time_zone(m.time_zone());
  if (m.has_team()) row.set_team(m.team());
  if (m.has_calendar()) row.set_calendar(m.calendar());
  if (m.skills_changed()) *row.mutable_skills() = m.skills();
  if (m.rights_changed()) *row.mutable_rights() = m.rights();
  if (!event.boxes.empty()) keep_boxes(event, *row.add_changes());
}

void deactivated(const v1::UserDeactivated&, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = user_row(event, batch);
  row.set_active(false);
  row.set_deactivated_us(event.occurred.at.us);
}

void issued(const v1::TokenIssued& m, const RecordedEvent& event, ViewBatch& batch) {
  user_row(event, batch);
  auto& row = token_row(m.token(), batch);
  row.set_user(event.stream);
  row.set_secret_sha256(m.secret_sha256());
  *row.mutable_rights() = m.rights();
  row.set_expires_us(m.expires_at());
  row.set_issued_us(event.occurred.at.us);
  keep_boxes(event, *row.mutable_label());
  batch.put(row_keys::key(row_keys::kTokenOfUser, event.stream, m.token()), "");
}

void revoked(const v1::TokenRevoked& m, const RecordedEvent& event, ViewBatch& batch) {
  user_row(event, batch);
  token_row(m.token(), batch).set_revoked_us(event.occurred.at.us);
}

void absence_recorded(const v1::AbsenceRecorded& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& absences = *user_row(event, batch).mutable_absences();
  auto& row = *absences.Add();
  row.set_absence(m.absence());
  row.set_first_day(m.first_day());
  row.set_last_day(m.last_day());
  row.set_time_zone(m.time_zone());
  row.set_begins_us(m.begins_at());
  row.set_ends_us(m.ends_at());
  keep_boxes(event, *row.mutable_kind());
  std::ranges::sort(absences, {}, &v1::AbsenceRow::begins_us);
}

void absence_withdrawn(const v1::AbsenceWithdrawn& m, const RecordedEvent& event,
                       ViewBatch& batch) {
  auto& absences = *user_row(event, batch).mutable_absences();
  const auto gone = std::ranges::find(absences, m.absence(), &v1::AbsenceRow::absence);
  if (gone != absences.end()) absences.erase(gone);
}

const EventHandlers<ViewBatch>& handlers() {
  static const auto kHandlers = EventHandlers<ViewBatch>()
                                    .on<&registered>()
                                    .on<&changed>()
                                    .on<&deactivated>()
                                    .on<&absence_recorded>()
                                    .on<&absence_withdrawn>()
                                    .on<&issued>()
                                    .on<&revoked>();
  return kHandlers;
}

}  // namespace

std::string_view AccountsProjector::prefix() const { return row_keys::kAccounts; }

void AccountsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (handlers().knows(event)) handlers().apply(event, batch);
}

}  // namespace dealog::views
