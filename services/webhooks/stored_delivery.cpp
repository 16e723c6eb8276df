#include "services/webhooks/stored_delivery.hpp"

#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/deliveries.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;

// The person that one of the appended events names, so that an erasure finds the delivery that told
// of him.
Result<std::string> person_named(const EventLog& log, const Outcome& outcome) {
  std::string person;
  TRY(log.read(outcome.first, Direction::kForward, outcome.events.size(),
               [&](const StoredEvent& stored) {
                 const auto event = decode(stored.record, Open::kNothing, nullptr);
                 if (!event || !event->payload) return true;
                 const auto* field = event->payload->GetDescriptor()->FindFieldByName("person");
                 if (field == nullptr || field->is_repeated() ||
                     field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
                   return true;
                 }
                 person = event->payload->GetReflection()->GetString(*event->payload, field);
                 return person.empty();
               }));
  return person;
}

}  // namespace

Result<std::optional<StoredDelivery>> read_delivery(const Folds& folds, const DeliveryId& id) {
  auto body = TRY(use_cases::delivery_body(folds, id));
  if (!body) return std::nullopt;
  std::optional<StoredDelivery> out;
  Result<void> decoded;
  TRY(folds.log().read_stream(id.text(), StreamVersion{1}, Direction::kForward, 1,
                              [&](const StoredEvent& stored) {
                                auto event = decode(stored.record, Open::kAll, &folds.keys());
                                if (!event) {
                                  decoded = std::unexpected(event.error());
                                  return false;
                                }
                                const auto* received = event->as<v1::DeliveryReceived>();
                                if (received == nullptr) return false;
                                out.emplace();
                                out->id = id.text();
                                out->cause = Cause::of(*event);
                                out->delivery = {.method = received->method(),
                                                 .suffix = received->suffix(),
                                                 .query = received->query(),
                                                 .headers = {},
                                                 .body = *std::move(body),
                                                 .remote_ip = received->remote_ip(),
                                                 .received_at = event->recorded};
                                for (const auto& header : received->headers()) {
                                  out->delivery.headers.emplace_back(header.name(), header.value());
                                }
                                return false;
                              }));
  if (!decoded) return std::unexpected(decoded.error());
  return out;
}

Result<v1::DeliveryResult> result_of(const Fact& fact, const Outcome& outcome, CommandBus& bus) {
  v1::DeliveryResult result;
  result.set_fact_kind(std::string(fact.kind()));
  result.set_fact_key_hash(to_hex(bus.keys().tag_hash(fact.key)));
  result.set_already_known(outcome.existed);
  const AppendedEvent* shown = &outcome.events.front();
  for (const auto& event : outcome.events) {
    if (event.stream.starts_with(PersonId::prefix()) && result.person().empty()) {
      result.set_person(event.stream);
    }
    if (!event.stream.starts_with(DealId::prefix()) || !result.deal().empty()) continue;
    result.set_deal(event.stream);
    shown = &event;
  }
  result.set_event_id(EventId(shown->id).text());
  result.set_type(shown->type->name);
  if (result.person().empty()) result.set_person(TRY(person_named(bus.log(), outcome)));
  return result;
}

}  // namespace dealog::webhooks
