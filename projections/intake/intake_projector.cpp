#include "projections/intake/intake_projector.hpp"

#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"
#include "projections/intake/delivery_keys.hpp"
#include "projections/intake/fetch_handlers.hpp"
#include "projections/intake/mailbox_handlers.hpp"

namespace dealog::views {
namespace {

// ---- sources ----

v1::SourceRow& source_row(const RecordedEvent& event, ViewBatch& batch) {
  auto& row = batch.edit<v1::SourceRow>(row_keys::key(row_keys::kSource, event.stream));
  row.set_source(event.stream);
  row.set_version(event.version.value);
  return row;
}

void connected(const v1::SourceConnected& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = source_row(event, batch);
  row.set_provider(m.provider());
  row.set_name(m.name());
  row.set_token_sha256(m.token_sha256());
  row.set_settings_json(m.settings_json());
  row.set_created_us(event.occurred.at.us);
  keep_boxes(event, *row.mutable_connected());
}

void changed(const v1::SourceChanged& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = source_row(event, batch);
  if (m.has_name()) row.set_name(m.name());
  if (m.has_settings_json()) row.set_settings_json(m.settings_json());
  if (m.secrets_changed()) {
    row.set_secrets_changed(true);
    keep_boxes(event, *row.mutable_secrets());
  }
}

void removed(const v1::SourceRemoved&, const RecordedEvent& event, ViewBatch& batch) {
  source_row(event, batch).set_removed(true);
}

// ---- deliveries ----

std::uint64_t counted(const v1::SourceCountersRow& row, std::string_view state) {
  if (state == "pending") return row.pending();
  if (state == "accepted") return row.accepted();
  if (state == "duplicate") return row.duplicate();
  return state == "quarantined" ? row.quarantined() : row.ignored();
}

void set_counted(v1::SourceCountersRow& row, std::string_view state, std::uint64_t count) {
  if (state == "pending")
    row.set_pending(count);
  else if (state == "accepted")
    row.set_accepted(count);
  else if (state == "duplicate")
    row.set_duplicate(count);
  else if (state == "quarantined")
    row.set_quarantined(count);
  else
    row.set_ignored(count);
}

class DeliveryChange {
 public:
  DeliveryChange(const RecordedEvent& event, ViewBatch& batch)
      : event_(event),
        batch_(batch),
        row_(batch.edit<v1::DeliveryRow>(row_keys::key(row_keys::kDelivery, event.stream))) {}

  v1::DeliveryRow& row() { return row_; }

  void receive(const std::string& source) {
    row_.set_delivery(event_.stream);
    row_.set_source(source);
    row_.set_received_us(event_.recorded.us);
    row_.set_received_position(event_.position.value);
    auto& counters = this->counters();
    counters.set_received(counters.received() + 1);
    counters.set_last_received_us(event_.recorded.us);
  }

  // From one state to another: the row, the index of its source, the queue, the counters.
  void enter(std::string_view state) {
    auto& counters = this->counters();
    if (!row_.state().empty()) {
      leave();
      set_counted(counters, row_.state(), counted(counters, row_.state()) - 1);
    }
    set_counted(counters, state, counted(counters, state) + 1);
    row_.set_state(std::string(state));
    if (state == "pending") {
      row_.set_pending_position(event_.position.value);
      row_.set_settled_us(0);
      batch_.put(row_keys::position_key(row_keys::kPending, event_.position.value), event_.stream);
    } else {
      row_.set_settled_us(event_.recorded.us);
      batch_.put(settled_key(row_.source(), state, row_.received_position()), event_.stream);
    }
  }

 private:
  void leave() {
    if (row_.state() == "pending") {
      batch_.erase(row_keys::position_key(row_keys::kPending, row_.pending_position()));
      row_.set_pending_position(0);
    } else {
      batch_.erase(settled_key(row_.source(), row_.state(), row_.received_position()));
    }
  }
  v1::SourceCountersRow& counters() {
    return batch_.edit<v1::SourceCountersRow>(
        row_keys::key(row_keys::kSourceCounters, row_.source()));
  }

  const RecordedEvent& event_;
  ViewBatch& batch_;
  v1::DeliveryRow& row_;
};

void received(const v1::DeliveryReceived& m, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.receive(m.source());
  change.row().set_body_bytes(m.body_bytes());
  change.enter("pending");
}

void repeated(const v1::DeliveryRepeated& m, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.receive(m.source());
  change.row().set_first(m.first());
  change.enter("duplicate");
}

void accepted(const v1::DeliveryAccepted& m, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.row().set_decoder_version(m.decoder_version());
  *change.row().mutable_results() = m.results();
  change.row().clear_code();
  change.enter("accepted");
}

void quarantined(const v1::DeliveryQuarantined& m, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.row().set_decoder_version(m.decoder_version());
  change.row().set_code(m.code());
  change.enter("quarantined");
}

void ignored(const v1::DeliveryIgnored& m, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.row().set_decoder_version(m.decoder_version());
  change.row().set_code(m.code());
  change.enter("ignored");
}

void replayed(const v1::DeliveryReplayed&, const RecordedEvent& event, ViewBatch& batch) {
  DeliveryChange change(event, batch);
  change.row().set_replays(change.row().replays() + 1);
  change.enter("pending");
}

const EventHandlers<ViewBatch>& handlers() {
  static const auto kHandlers = EventHandlers<ViewBatch>()
                                    .on<&connected>()
                                    .on<&changed>()
                                    .on<&removed>()
                                    .on<&received>()
                                    .on<&repeated>()
                                    .on<&accepted>()
                                    .on<&quarantined>()
                                    .on<&ignored>()
                                    .on<&replayed>()
                                    .on<&fetch_requested>()
                                    .on<&fetch_failed>()
                                    .on<&fetch_completed>()
                                    .on<&fetch_retried>()
                                    .on<&file_fetch_requested>()
                                    .on<&file_fetched>()
                                    .on<&mailbox_read>()
                                    .on<&mailbox_failed>()
                                    .on<&mailbox_connected>();
  return kHandlers;
}

}  // namespace

std::string_view IntakeProjector::prefix() const { return row_keys::kIntake; }

void IntakeProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (handlers().knows(event)) handlers().apply(event, batch);
}

}  // namespace dealog::views
