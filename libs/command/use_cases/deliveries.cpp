#include "libs/command/use_cases/deliveries.hpp"

#include <fmt/format.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/event/codec.hpp"

namespace dealog::use_cases {
namespace {

using delivery::State;

// What a sealed body is bound to, so that no other delivery's can stand in its place.
std::string body_context(const StreamName& stream) { return "raw body of " + stream; }

// Keys may tell of people, so the log knows them by a keyed hash.
std::string hash_of(const Folds& folds, const std::string& source, const std::string& key) {
  return to_hex(folds.index_text(personal_tag("delivery:" + source + ":" + key)));
}

Result<ReceivedDelivery> repeat(Unit& unit, const DeliveryId& id, const DeliveryInput& input,
                                StreamName first) {
  const State* state = TRY(unit.load<State>(id.text()));
  unit.emit(id.text(), TRY(delivery::decide(*state, delivery::RepeatDelivery{input.source, first},
                                            unit.language())));
  return ReceivedDelivery{id, std::move(first)};
}

}  // namespace

Result<ReceivedDelivery> receive_delivery(Unit& unit, const DeliveryInput& input) {
  const auto id = unit.new_id<DeliveryId>(fmt::format("delivery/{}", unit.emitted().size()));
  const StreamName stream = id.text();
  std::string key_hash;
  if (!input.delivery_key.empty()) {
    key_hash = hash_of(unit.folds(), input.source, input.delivery_key);
    const auto first = TRY(unit.hold_tag(delivery::delivery_tag(input.source, key_hash)));
    if (first) return repeat(unit, id, input, first->stream);
  }
  const SealKey key = TRY(unit.seal_key(stream));
  auto sealed = seal_bytes(key, input.body, body_context(stream));
  const State* state = TRY(unit.load<State>(stream));
  auto events =
      TRY(delivery::decide(*state,
                           delivery::ReceiveDelivery{.source = input.source,
                                                     .method = input.method,
                                                     .suffix = input.suffix,
                                                     .content_type = input.content_type,
                                                     .headers = input.headers,
                                                     .query = input.query,
                                                     .remote_ip = input.remote_ip,
                                                     .delivery_key = input.delivery_key,
                                                     .delivery_key_hash = key_hash,
                                                     .body_bytes = input.body.size(),
                                                     .sealed_sha256 = to_hex(sha256(sealed.bytes)),
                                                     .body_key = sealed.key},
                           unit.language()));
  unit.attach({unit.next_event_id(), std::move(sealed.bytes)});
  unit.emit(stream, std::move(events));
  return ReceivedDelivery{id, {}};
}

Result<std::optional<StreamName>> known_delivery(const Folds& folds, const std::string& source,
                                                 const std::string& delivery_key) {
  if (delivery_key.empty()) return std::nullopt;
  const std::string hash = hash_of(folds, source, delivery_key);
  const auto first = TRY(folds.last_with_tag(delivery::delivery_tag(source, hash)));
  if (!first) return std::nullopt;
  return first->stream;
}

Result<void> settle_delivery(Unit& unit, const DeliveryId& id, const Settlement& settlement) {
  const State* state = TRY(unit.load<State>(id.text()));
  unit.emit(
      id.text(),
      TRY(std::visit(
          [&](const auto& command) { return delivery::decide(*state, command, unit.language()); },
          settlement)));
  return {};
}

Result<void> replay_delivery(Unit& unit, const DeliveryId& id) {
  const State* state = TRY(unit.load<State>(id.text()));
  auto replayed = TRY(delivery::decide(*state, delivery::ReplayDelivery{}, unit.language()));
  if (!TRY(delivery_body(unit.folds(), id))) {
    return refuse(unit.language(), ErrorKind::kConflict, "body_erased",
                  "тело этой доставки стёрто или его срок вышел: разобрать её снова нельзя",
                  "the body of this delivery was erased or its period is over, so it cannot be "
                  "decoded again");
  }
  unit.emit(id.text(), std::move(replayed));
  return {};
}

Result<std::optional<std::string>> delivery_body(const Folds& folds, const DeliveryId& id) {
  const StreamName stream = id.text();
  const auto state = TRY(folds.current<State>(stream));
  if (!state->exists()) {
    return fail(ErrorKind::kNotFound, "delivery_not_found", "there is no delivery " + stream);
  }
  if (state->received_event.is_nil()) return std::nullopt;  // a duplicate has no body
  const auto sealed = TRY(folds.log().raw_body(state->received_event));
  if (!sealed) return std::nullopt;
  if (to_hex(sha256(*sealed)) != state->sealed_sha256) {
    return fail(ErrorKind::kInternal, "raw_body_broken",
                "the body of " + stream + " is not the one that was received; run `dealog verify`");
  }
  SealState seal = SealState::kAbsent;
  auto body = TRY(open_bytes(*sealed, state->body_key, folds.keys(), body_context(stream), &seal));
  if (seal != SealState::kOpened) return std::nullopt;
  return body;
}

}  // namespace dealog::use_cases
