#include "projections/automation/effects_projector.hpp"

#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/effect_views.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/effect_keys.hpp"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/sealed_text.hpp"

namespace dealog::views {
namespace {

constexpr std::string_view kWaiting = "waiting", kSending = "sending", kDelivered = "delivered",
                           kFailed = "failed", kUnknown = "unknown", kSkipped = "skipped";

std::string numbered(std::string_view kind, std::string_view first, std::uint64_t number) {
  std::string key = row_keys::under(kind, first);
  put_u64(key, number);
  return key;
}

std::string due_key(const v1::EffectRow& row) {
  std::string key =
      numbered(row_keys::kEffectDue, row.channel(), static_cast<std::uint64_t>(row.next_us()));
  return key + row.effect();
}
std::string due_value(const v1::EffectRow& row) {
  std::string value;
  put_u64(value, row.position());
  return value + row.effect();
}
std::string queue_key(const v1::EffectRow& row) {
  return numbered(row_keys::kEndpointQueue, row.endpoint(), row.position());
}
std::string open_key(const v1::EffectRow& row) {
  return row_keys::key(row_keys::kEffectOpen, row.channel(), row.effect());
}
std::string dead_key(const v1::EffectRow& row) {
  return row_keys::position_key(row_keys::kEffectDead, row.position());
}

// The index rows of a status. What waits for an endpoint stands in its queue instead, also while
// it is being sent, so that it stays in order.
void index(const v1::EffectRow& row, ViewBatch& batch) {
  const bool runs = row.status() == kWaiting || row.status() == kSending;
  if (runs && !row.endpoint().empty()) batch.put(queue_key(row), row.effect());
  if (row.status() == kWaiting && row.endpoint().empty()) batch.put(due_key(row), due_value(row));
  if (row.status() == kSending) batch.put(open_key(row), row.effect());
  if (row.status() == kFailed || row.status() == kUnknown) batch.put(dead_key(row), row.effect());
}

void unindex(const v1::EffectRow& row, ViewBatch& batch) {
  const bool runs = row.status() == kWaiting || row.status() == kSending;
  if (runs && !row.endpoint().empty()) batch.erase(queue_key(row));
  if (row.status() == kWaiting && row.endpoint().empty()) batch.erase(due_key(row));
  if (row.status() == kSending) batch.erase(open_key(row));
  if (row.status() == kFailed || row.status() == kUnknown) batch.erase(dead_key(row));
}

v1::EffectTotalsRow& totals_of(const v1::EffectRow& row, ViewBatch& batch) {
  return batch.edit<v1::EffectTotalsRow>(row_keys::key(row_keys::kEffectTotals, row.channel()));
}

void count(v1::EffectTotalsRow& totals, std::string_view status, std::int64_t by) {
  const auto moved = [by](std::uint64_t count) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(count) + by);
  };
  if (status == kWaiting) totals.set_waiting(moved(totals.waiting()));
  if (status == kSending) totals.set_sending(moved(totals.sending()));
  if (status == kDelivered) totals.set_delivered(moved(totals.delivered()));
  if (status == kFailed) totals.set_failed(moved(totals.failed()));
  if (status == kUnknown) totals.set_unknown(moved(totals.unknown()));
  if (status == kSkipped) totals.set_skipped(moved(totals.skipped()));
}

v1::EffectRow& row_of(const RecordedEvent& event, ViewBatch& batch) {
  return batch.edit<v1::EffectRow>(row_keys::key(row_keys::kEffect, event.stream));
}

// `change` sets what the status means; the index rows and the channel's figures follow.
template <class Change>
void become(const RecordedEvent& event, ViewBatch& batch, std::string_view status,
            const Change& change) {
  auto& row = row_of(event, batch);
  unindex(row, batch);
  auto& totals = totals_of(row, batch);
  count(totals, row.status(), -1);
  count(totals, status, 1);
  if (status == kSending) totals.set_attempts(totals.attempts() + 1);
  row.set_status(std::string(status));
  change(row);
  index(row, batch);
}

void end(v1::EffectRow& row, const RecordedEvent& event, const std::string& reason, int answer) {
  row.set_reason(reason);
  row.set_answer(answer);
  row.set_next_us(0);
  row.set_ended_us(event.recorded.us);
}

void planned(const v1::EffectPlanned& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(event, batch);
  row.set_effect(event.stream);
  row.set_channel(m.channel());
  row.set_kind(m.kind());
  row.set_deal(m.deal());
  row.set_rule(m.rule());
  row.set_pipeline(m.pipeline());
  row.set_person(m.person());
  row.set_user(m.user());
  row.set_endpoint(m.endpoint());
  row.set_document(m.document());
  row.set_status(std::string(kWaiting));
  row.set_next_us(std::max(m.not_before(), event.recorded.us));
  row.set_planned_us(event.recorded.us);
  row.set_position(event.position.value);
  keep_boxes(event, *row.mutable_texts());
  index(row, batch);
  count(totals_of(row, batch), kWaiting, 1);
  if (!m.deal().empty()) {
    batch.put(numbered(row_keys::kEffectOfDeal, m.deal(), event.position.value), event.stream);
  }
  if (!m.endpoint().empty()) {
    batch.put(numbered(row_keys::kEndpointLog, m.endpoint(), event.position.value), event.stream);
  }
}

void attempted(const v1::EffectAttempted& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kSending, [&](v1::EffectRow& row) { row.set_attempts(m.attempt()); });
}

void delivered(const v1::EffectDelivered& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kDelivered, [&](v1::EffectRow& row) { end(row, event, "", m.answer()); });
}

void postponed(const v1::EffectPostponed& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kWaiting, [&](v1::EffectRow& row) {
    row.set_reason(m.reason());
    row.set_answer(m.answer());
    row.set_next_us(m.next_at());
  });
}

void unknown(const v1::EffectOutcomeUnknown& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kUnknown, [&](v1::EffectRow& row) { end(row, event, m.reason(), 0); });
}

void failed(const v1::EffectFailed& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kFailed,
         [&](v1::EffectRow& row) { end(row, event, m.reason(), row.answer()); });
}

void skipped(const v1::EffectSkipped& m, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kSkipped, [&](v1::EffectRow& row) { end(row, event, m.reason(), 0); });
}

void retried(const v1::EffectRetried&, const RecordedEvent& event, ViewBatch& batch) {
  become(event, batch, kWaiting, [&](v1::EffectRow& row) {
    row.set_attempts(0);
    row.set_ended_us(0);
    row.set_next_us(event.recorded.us);
  });
}

void released(const v1::BacklogReleased& m, const RecordedEvent&, ViewBatch& batch) {
  batch.edit<v1::BacklogRow>(row_keys::key(row_keys::kBacklog, m.channel()))
      .set_released_until(m.until());
}

v1::WebhookEndpointRow& endpoint_of(const RecordedEvent& event, ViewBatch& batch) {
  auto& row = batch.edit<v1::WebhookEndpointRow>(row_keys::key(row_keys::kEndpoint, event.stream));
  row.set_version(event.version.value);
  return row;
}

void created(const v1::WebhookEndpointCreated& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = endpoint_of(event, batch);
  row.set_endpoint(event.stream);
  row.set_code(m.code());
  row.set_name(m.name());
  row.set_created_us(event.recorded.us);
}

void changed(const v1::WebhookEndpointChanged& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = endpoint_of(event, batch);
  if (!m.name().empty()) row.set_name(m.name());
}

void rotated(const v1::WebhookSecretRotated& m, const RecordedEvent& event, ViewBatch& batch) {
  endpoint_of(event, batch).set_previous_until_us(m.previous_until());
}

void disabled(const v1::WebhookEndpointDisabled& m, const RecordedEvent& event, ViewBatch& batch) {
  endpoint_of(event, batch).set_disabled(m.reason());
}

void enabled(const v1::WebhookEndpointEnabled&, const RecordedEvent& event, ViewBatch& batch) {
  endpoint_of(event, batch).clear_disabled();
}

const EventHandlers<ViewBatch>& handlers() {
  static const auto kHandlers = EventHandlers<ViewBatch>()
                                    .on<&planned>()
                                    .on<&attempted>()
                                    .on<&delivered>()
                                    .on<&postponed>()
                                    .on<&unknown>()
                                    .on<&failed>()
                                    .on<&skipped>()
                                    .on<&retried>()
                                    .on<&released>()
                                    .on<&created>()
                                    .on<&changed>()
                                    .on<&rotated>()
                                    .on<&disabled>()
                                    .on<&enabled>();
  return kHandlers;
}

bool is_ours(std::string_view stream) {
  return stream.starts_with("eff_") || stream.starts_with("whe_") || stream.starts_with("outbox_");
}

}  // namespace

std::string_view EffectsProjector::prefix() const { return row_keys::kEffects; }

void EffectsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (is_ours(event.stream) && handlers().knows(event)) handlers().apply(event, batch);
}

}  // namespace dealog::views
