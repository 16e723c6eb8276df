#include "projections/automation/triggers_projector.hpp"

#include "dealog/v1/commerce_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/views.pb.h"
#include "libs/base/encoding.hpp"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {
namespace {

constexpr std::string_view kAllocatePayment = "allocate_payment";

std::string stream_key(const RecordedEvent& event) {
  return row_keys::key(row_keys::kTriggerOfStream, event.stream);
}

void payment_received(const v1::PaymentReceived& m, const RecordedEvent& event, ViewBatch& batch) {
  // A payment that names nothing waits for a person.
  if (m.invoice_number().empty() && m.invoice().empty() && m.deal().empty()) return;
  auto& row =
      batch.edit<v1::TriggerRow>(row_keys::position_key(row_keys::kTrigger, event.position.value));
  row.set_trigger(trigger_id(event.id, kAllocatePayment));
  row.set_effect(std::string(kAllocatePayment));
  row.set_stream(event.stream);
  row.set_cause(std::string(event.id.view()));
  row.set_position(event.position.value);
  *row.mutable_amount() = m.amount();
  row.set_invoice_number(m.invoice_number());
  row.set_invoice(m.invoice());
  row.set_deal(m.deal());
  row.set_causation_depth(event.causation_depth);
  row.set_correlation_id(std::string(event.correlation_id.view()));
  std::string position;
  put_u64(position, event.position.value);
  batch.put(stream_key(event), position);
}

// Ends the trigger of this stream, if there is one and it is the one meant.
void end_trigger(const RecordedEvent& event, std::string_view trigger, ViewBatch& batch) {
  const auto position = batch.get(stream_key(event));
  if (!position) return;
  const auto key = row_keys::position_key(row_keys::kTrigger, get_u64(*position));
  const auto* row = batch.find<v1::TriggerRow>(key);
  if (row && !trigger.empty() && row->trigger() != trigger) return;
  batch.erase(key);
  batch.erase(stream_key(event));
}

// Whoever matched it, the runner or a person: there is nothing left to do.
void payment_matched(const v1::PaymentMatched&, const RecordedEvent& event, ViewBatch& batch) {
  end_trigger(event, "", batch);
}
void effect_skipped(const v1::EffectSkipped& m, const RecordedEvent& event, ViewBatch& batch) {
  end_trigger(event, m.trigger(), batch);
}
void effect_failed(const v1::EffectFailed& m, const RecordedEvent& event, ViewBatch& batch) {
  end_trigger(event, m.trigger(), batch);
}

const EventHandlers<ViewBatch>& handlers() {
  static const auto kHandlers = EventHandlers<ViewBatch>()
                                    .on<&payment_received>()
                                    .on<&payment_matched>()
                                    .on<&effect_skipped>()
                                    .on<&effect_failed>();
  return kHandlers;
}

}  // namespace

std::string trigger_id(const Uuid& cause, std::string_view effect) {
  return "trg_" + Uuid::derived(cause, effect).hex();
}

std::string_view TriggersProjector::prefix() const { return row_keys::kAutomation; }

void TriggersProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (handlers().knows(event)) handlers().apply(event, batch);
}

}  // namespace dealog::views
