// A delivery: what a provider sent, stored before it was understood. Pure.
//
// pending → accepted | quarantined | ignored; a replay makes it pending again. A repeated one is a
// stream of its own with one small event, so received = pending + accepted + duplicate +
// quarantined + ignored always.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dealog/v1/intake_events.pb.h"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog::delivery {

enum class Status { kPending, kAccepted, kDuplicate, kQuarantined, kIgnored };
std::string_view name_of(Status status);  // pending, accepted, duplicate, quarantined, ignored

struct State {
  StreamVersion version;
  Status status = Status::kPending;
  std::string source;   // src_…
  std::string first;    // dlv_… that counts, of a duplicate
  Uuid received_event;  // beside it lies the body
  KeyId body_key = 0;
  std::string sealed_sha256;  // hex, of the sealed body
  std::uint32_t replays = 0;
  std::string code;    // why it was quarantined or ignored
  std::string reason;  // the same in words
  std::vector<v1::DeliveryResult> results;
  std::string normalised_json;

  bool exists() const { return version.value > 0; }
};

void evolve(State& state, const RecordedEvent& event);

struct ReceiveDelivery {
  std::string source;
  std::string method;
  std::string suffix;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string query;
  std::string remote_ip;
  std::string delivery_key;
  std::string delivery_key_hash;  // hex of a keyed hash
  std::uint64_t body_bytes = 0;
  std::string sealed_sha256;  // hex
  KeyId body_key = 0;
};
struct RepeatDelivery {
  std::string source;
  std::string first;
};
struct AcceptDelivery {
  std::uint32_t decoder_version = 0;
  std::vector<v1::DeliveryResult> results;
  std::string normalised_json;  // an array, one element a fact
};
struct QuarantineDelivery {
  std::uint32_t decoder_version = 0;
  std::string code;
  std::string reason;
};
struct IgnoreDelivery {
  std::uint32_t decoder_version = 0;
  std::string code;
  std::string normalised_json = {};  // as of AcceptDelivery
};
struct ReplayDelivery {};

// By this tag a second delivery with the same key finds the first.
Tag delivery_tag(std::string_view source, std::string_view delivery_key_hash);

// Errors: kNotFound "delivery_not_found"; kConflict "delivery_exists" | "delivery_settled" (it is
// not pending) | "delivery_pending" | "delivery_duplicate" (replays).
Result<std::vector<NewEvent>> decide(const State& state, const ReceiveDelivery& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RepeatDelivery& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const AcceptDelivery& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const QuarantineDelivery& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const IgnoreDelivery& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ReplayDelivery& command,
                                     Language language = Language::kEn);

}  // namespace dealog::delivery
