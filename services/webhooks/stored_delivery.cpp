#include "services/webhooks/stored_delivery.hpp"

#include "libs/base/encoding.hpp"
#include "libs/command/use_cases/deliveries.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;

// The person that an event names: by him an erasure finds the delivery that told of him.
std::string person_in(const google::protobuf::Message& payload) {
  const auto* field = payload.GetDescriptor()->FindFieldByName("person");
  if (field == nullptr || field->is_repeated() ||
      field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) {
    return {};
  }
  return payload.GetReflection()->GetString(payload, field);
}

// Puts a result together from the events of a fact, one after the other.
class ResultMaker {
 public:
  ResultMaker(const Fact& fact, const Folds& folds) {
    result_.set_fact_kind(std::string(fact.kind()));
    result_.set_fact_key_hash(to_hex(folds.keys().tag_hash(fact.key)));
  }
  // The first event of a deal is shown, else the first of all.
  void add(const StreamName& stream, const Uuid& id, const google::protobuf::Message& payload) {
    const bool of_deal = stream.starts_with(DealId::prefix()) && result_.deal().empty();
    if (of_deal) result_.set_deal(stream);
    if (of_deal || result_.event_id().empty()) {
      result_.set_event_id(EventId(id).text());
      result_.set_type(event_type_of(payload).name);
    }
    if (stream.starts_with(PersonId::prefix()) && own_.empty()) own_ = stream;
    if (named_.empty()) named_ = person_in(payload);
  }
  v1::DeliveryResult take(bool already_known) {
    result_.set_already_known(already_known);
    result_.set_person(own_.empty() ? named_ : own_);
    return std::move(result_);
  }

 private:
  v1::DeliveryResult result_;
  std::string own_;    // the person whose stream has an event
  std::string named_;  // the one that an event of another stream names
};

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

v1::DeliveryResult result_of(const Fact& fact, const Unit& unit) {
  ResultMaker maker(fact, unit.folds());
  for (std::size_t place = 0; place < unit.emitted().size(); ++place) {
    const StreamEvent& made = unit.emitted()[place];
    maker.add(made.stream, unit.id_of(place), *made.event.payload);
  }
  return maker.take(false);
}

Result<v1::DeliveryResult> result_of_known(const Fact& fact, const Outcome& outcome,
                                           const Folds& folds) {
  ResultMaker maker(fact, folds);
  Result<void> decoded;
  TRY(folds.log().read(outcome.first, Direction::kForward, outcome.events.size(),
                       [&](const StoredEvent& stored) {
                         const auto event = decode(stored.record, Open::kNothing, nullptr);
                         if (!event) {
                           decoded = fail(event.error());
                           return false;
                         }
                         maker.add(event->stream, event->id, *event->payload);
                         return true;
                       }));
  if (!decoded) return fail(std::move(decoded).error());
  return maker.take(true);
}

}  // namespace dealog::webhooks
