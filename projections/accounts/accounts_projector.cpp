#include "projections/accounts/accounts_projector.hpp"

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

const EventHandlers<ViewBatch>& handlers() {
  static const auto kHandlers = EventHandlers<ViewBatch>()
                                    .on<&registered>()
                                    .on<&changed>()
                                    .on<&deactivated>()
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
