// Between events in memory and their stored bytes. See libs/eventlog/FORMAT.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "libs/event/event.hpp"
#include "libs/event/key_ring.hpp"

namespace dealog {

// Which subject a key was drawn for; the log keeps it beside the events.
struct SubjectKey {
  std::string subject;
  KeyId key = 0;
};

// An event ready for the log: everything but what only the committer knows.
struct EncodedEvent {
  StreamName stream;
  Uuid id;
  std::string fingerprint = {};
  std::vector<std::string> open_tags = {};
  std::vector<std::string> personal_tag_hashes = {};  // 16 bytes each
  std::vector<SubjectKey> fresh_keys = {};
  std::string bytes = {};  // StoredRecord without the committer's fields
};

// What all events of one command share.
struct CommandMeta {
  Actor actor;
  Timestamp now;
  // The id of the first event; further ids are derived from it. Never nil.
  Uuid command_id;
  std::string fingerprint;  // "" when the request named no key
  // The event that caused the command; nil: the command is a first cause.
  Uuid causation_id;
  Uuid correlation_id;  // nil: the first event of the append
  std::uint32_t causation_depth = 0;
  std::string rule;
  std::uint64_t rule_version = 0;
};

struct StreamEvent {
  StreamName stream;
  NewEvent event;
  // Who did it, when it was not the command's own actor: a rule within somebody's command.
  std::optional<Actor> actor = std::nullopt;
};

// Seals and serialises the events of one append, in order. Ids: the first takes the command's id,
// the others are derived from it and their index, unless an event brings its own.
// Errors: those of KeyRing; kTooLarge "event_too_large"; kInvalid "occurred_in_future".
Result<std::vector<EncodedEvent>> encode(const std::vector<StreamEvent>& events,
                                         const CommandMeta& meta, KeyRing& keys);

// The committer's part, appended to `record`.
struct CommitFields {
  std::string_view log_id;  // 16 bytes
  Position position;
  StreamVersion version;
  Timestamp recorded;
  std::uint32_t append_index = 0;
  std::uint32_t append_count = 1;
};
void finish_record(std::string& record, const CommitFields& fields);

// What is opened while decoding.
enum class Open { kNothing, kAll };

// Errors: kInternal "record_broken" for bytes that are no record, "unknown_event_type" for a type
// of a newer version. Erased and lost boxes are no errors; see RecordedEvent::seals. `keys` may be
// null with Open::kNothing.
Result<RecordedEvent> decode(std::string_view record, Open open, const KeyRing* keys);

// Opens one box of an event into `into`, a message of the event's type, beside what is there.
// `box_number` is its place among the event's boxes, from 0. Returns kOpened, kErased or kLost.
// Errors: kInternal "seal_broken" when its bytes were changed.
Result<SealState> open_box(const v1::SealedBox& box, std::size_t box_number, const Uuid& event_id,
                           const KeyRing& keys, google::protobuf::Message& into);

// Seals bytes that are no event's fields (the body of a delivery) under a subject's key.
// `associated_data` must be given again to open them.
struct SealedBytes {
  KeyId key = 0;
  std::string bytes;  // nonce, ciphertext, tag
};
SealedBytes seal_bytes(const SealKey& key, std::string_view plaintext,
                       std::string_view associated_data);
// Errors: kInternal "seal_broken". `state` says why there is no text when it is not kOpened.
Result<std::string> open_bytes(std::string_view sealed, KeyId key, const KeyRing& keys,
                               std::string_view associated_data, SealState* state);

}  // namespace dealog
