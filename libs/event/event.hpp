// Events in memory: as they are made, as they are handed to the log, as they are read back.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "dealog/v1/record.pb.h"
#include "libs/base/id.hpp"
#include "libs/base/timestamp.hpp"
#include "libs/event/position.hpp"

namespace dealog {

struct EventType;  // catalogue.hpp

struct Actor {
  std::string kind;  // user, source, rule, system
  std::string id;

  bool operator==(const Actor&) const = default;
};

// When it happened: an instant, or a day in a zone when that is all that is known; then `at` is
// the start of that day.
struct OccurredAt {
  Timestamp at;
  std::optional<Date> date;
  std::string time_zone;

  bool operator==(const OccurredAt&) const = default;
};

// By a tag a command finds events, and an append may be made conditional on one. An open tag
// stands in the record ("tsk_…", "invoice-number:2026-17"). A personal tag ("phone:+7916…",
// "email:…") is kept only as a keyed hash in an index that can be deleted.
struct Tag {
  bool personal = false;
  std::string value;

  auto operator<=>(const Tag&) const = default;
};
inline Tag open_tag(std::string value) { return {false, std::move(value)}; }
inline Tag personal_tag(std::string value) { return {true, std::move(value)}; }

// An event as `decide` makes it. The payload holds every field, sealed ones too; the codec takes
// those apart. The id is made (or derived from the command's id) when it is left nil.
struct NewEvent {
  std::shared_ptr<const google::protobuf::Message> payload;
  std::vector<Tag> tags = {};
  // Nothing: the command's own time.
  std::optional<OccurredAt> occurred = std::nullopt;
  // Whose key seals PERSON fields, when that is not the stream itself ("per_…").
  std::string subject = {};
  Uuid id = {};
  // The event that this one corrects or retracts.
  Uuid amends = {};
  // An automatic move or effect says which rule made it.
  std::string rule = {};
  std::uint64_t rule_version = 0;
  // The event that caused this one, as an index into the same list of new events (an automatic
  // move is caused by the payment before it); nothing: the command's cause.
  std::optional<std::size_t> caused_by = std::nullopt;
};

template <class M>
NewEvent make_event(M message, std::vector<Tag> tags = {}) {
  return NewEvent{.payload = std::make_shared<const M>(std::move(message)),
                  .tags = std::move(tags)};
}

// How a sealed class of fields came out of its box.
enum class SealState {
  kAbsent,  // the event has no box of this class
  kOpened,
  kClosed,  // not asked for
  kErased,  // its key was destroyed on purpose
  kLost,    // its key should exist and does not: an alarm
};

// An event as it is read from the log.
struct RecordedEvent {
  Position position;
  StreamName stream;
  StreamVersion version;
  Uuid id;
  const EventType* type = nullptr;  // never null
  OccurredAt occurred;
  Timestamp recorded;
  Actor actor;
  std::string rule;
  std::uint64_t rule_version = 0;
  Uuid correlation_id;
  Uuid causation_id;  // nil at a first cause
  std::uint32_t causation_depth = 0;
  Uuid amends;
  std::string fingerprint;
  std::uint32_t append_index = 0;
  std::uint32_t append_count = 1;
  std::vector<std::string> tags;  // open ones
  std::string subject;            // of PERSON fields: the stream unless another is named
  // Open fields, and those of every box that was opened.
  std::shared_ptr<const google::protobuf::Message> payload;
  // The sealed boxes as they are stored, for views that keep them.
  std::vector<v1::SealedBox> boxes;
  // Indexed by dealog.v1.Privacy.
  std::array<SealState, 6> seals{};

  // The payload as a message type, or null when it is of another type.
  template <class M>
  const M* as() const {
    return payload->GetDescriptor() == M::descriptor() ? static_cast<const M*>(payload.get())
                                                       : nullptr;
  }
};

}  // namespace dealog
