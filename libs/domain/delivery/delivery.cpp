#include "libs/domain/delivery/delivery.hpp"

#include <set>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::delivery {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kResults = 10'000;  // facts of one statement or export

Result<void> require_exists(const State& state, Language language) {
  if (state.exists()) return {};
  return refuse(language, ErrorKind::kNotFound, "delivery_not_found", "такой доставки нет",
                "there is no such delivery");
}

Result<void> require_pending(const State& state, Language language) {
  TRY(require_exists(state, language));
  if (state.status == Status::kPending) return {};
  return refuse(language, ErrorKind::kConflict, "delivery_settled",
                fmt::format("эта доставка уже разобрана ({})", name_of(state.status)),
                fmt::format("this delivery is {} already", name_of(state.status)));
}

Result<void> require_new(const State& state, Language language) {
  if (!state.exists()) return {};
  return refuse(language, ErrorKind::kConflict, "delivery_exists", "эта доставка уже сохранена",
                "this delivery was stored already");
}

void apply(State& state, const RecordedEvent& event, const v1::DeliveryReceived& received) {
  state.status = Status::kPending;
  state.source = received.source();
  state.received_event = event.id;
  state.body_key = received.body_key_id();
  state.sealed_sha256 = received.sealed_sha256();
}

void apply(State& state, const v1::DeliveryAccepted& event) {
  state.status = Status::kAccepted;
  state.code.clear();
  state.reason.clear();
  state.results.assign(event.results().begin(), event.results().end());
  state.normalised_json = event.normalised_json();
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::kPending:
      return "pending";
    case Status::kAccepted:
      return "accepted";
    case Status::kDuplicate:
      return "duplicate";
    case Status::kQuarantined:
      return "quarantined";
    case Status::kIgnored:
      return "ignored";
  }
  return "pending";
}

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* received = event.as<v1::DeliveryReceived>()) {
    apply(state, event, *received);
  } else if (const auto* repeated = event.as<v1::DeliveryRepeated>()) {
    state.status = Status::kDuplicate;
    state.source = repeated->source();
    state.first = repeated->first();
  } else if (const auto* accepted = event.as<v1::DeliveryAccepted>()) {
    apply(state, *accepted);
  } else if (const auto* quarantined = event.as<v1::DeliveryQuarantined>()) {
    state.status = Status::kQuarantined;
    state.code = quarantined->code();
    state.reason = quarantined->reason();
  } else if (const auto* ignored = event.as<v1::DeliveryIgnored>()) {
    state.status = Status::kIgnored;
    state.code = ignored->code();
    state.reason.clear();
  } else if (event.as<v1::DeliveryReplayed>() != nullptr) {
    state.status = Status::kPending;
    ++state.replays;
  }
}

Tag delivery_tag(std::string_view source, std::string_view delivery_key_hash) {
  return open_tag(fmt::format("delivery:{}:{}", source, delivery_key_hash));
}

Result<Events> decide(const State& state, const ReceiveDelivery& command, Language language) {
  TRY(require_new(state, language));
  v1::DeliveryReceived event;
  event.set_source(command.source);
  event.set_delivery_key(command.delivery_key);
  event.set_delivery_key_hash(command.delivery_key_hash);
  event.set_body_bytes(command.body_bytes);
  event.set_sealed_sha256(command.sealed_sha256);
  event.set_body_key_id(command.body_key);
  event.set_method(command.method);
  event.set_suffix(command.suffix);
  event.set_content_type(command.content_type);
  for (const auto& [name, value] : command.headers) {
    auto& header = *event.add_headers();
    header.set_name(name);
    header.set_value(value);
  }
  event.set_query(command.query);
  event.set_remote_ip(command.remote_ip);
  std::vector<Tag> tags;
  if (!command.delivery_key_hash.empty()) {
    tags.push_back(delivery_tag(command.source, command.delivery_key_hash));
  }
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Events> decide(const State& state, const RepeatDelivery& command, Language language) {
  TRY(require_new(state, language));
  v1::DeliveryRepeated event;
  event.set_source(command.source);
  event.set_first(command.first);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const AcceptDelivery& command, Language language) {
  TRY(require_pending(state, language));
  if (command.results.size() > kResults) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_facts",
                  fmt::format("в доставке не больше {} фактов", kResults),
                  fmt::format("a delivery has at most {} facts", kResults));
  }
  v1::DeliveryAccepted event;
  event.set_source(state.source);
  event.set_decoder_version(command.decoder_version);
  event.set_normalised_json(command.normalised_json);
  // By a person's tag the deliveries that mention him are found when he is erased.
  std::set<std::string> persons;
  for (const auto& result : command.results) {
    *event.add_results() = result;
    if (!result.person().empty()) persons.insert(result.person());
  }
  std::vector<Tag> tags;
  for (const auto& person : persons) tags.push_back(open_tag(person));
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Events> decide(const State& state, const QuarantineDelivery& command, Language language) {
  TRY(require_pending(state, language));
  InputCheck check(language);
  check.text(command.code, "/code", limits::kCodeBytes, Presence::kRequired);
  check.text(command.reason, "/reason", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  v1::DeliveryQuarantined event;
  event.set_source(state.source);
  event.set_decoder_version(command.decoder_version);
  event.set_code(command.code);
  event.set_reason(command.reason);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const IgnoreDelivery& command, Language language) {
  TRY(require_pending(state, language));
  InputCheck check(language);
  check.text(command.code, "/code", limits::kCodeBytes, Presence::kRequired);
  TRY(check.result());
  v1::DeliveryIgnored event;
  event.set_source(state.source);
  event.set_decoder_version(command.decoder_version);
  event.set_normalised_json(command.normalised_json);
  event.set_code(command.code);
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const ReplayDelivery&, Language language) {
  TRY(require_exists(state, language));
  if (state.status == Status::kPending) {
    return refuse(language, ErrorKind::kConflict, "delivery_pending",
                  "эта доставка и так ждёт разбора", "this delivery is waiting already");
  }
  if (state.status == Status::kDuplicate) {
    return refuse(language, ErrorKind::kConflict, "delivery_duplicate",
                  "эта доставка повторяет " + state.first + "; разберите заново ту",
                  "this delivery repeats " + state.first + "; replay that one");
  }
  v1::DeliveryReplayed event;
  event.set_source(state.source);
  return Events{make_event(std::move(event))};
}

}  // namespace dealog::delivery
