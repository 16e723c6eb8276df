// What an append must look like before it is queued; the same for every log.
#pragma once

#include "libs/eventlog/event_log.hpp"

namespace dealog {

namespace limits {
inline constexpr std::size_t kStreamNameBytes = 64;
inline constexpr std::size_t kTagBytes = 300;
inline constexpr std::size_t kTagsPerEvent = 100;
inline constexpr std::size_t kConditions = 1000;
// Raw bodies beside the events: a mail with its attachments, sealed. Such an append is a group of
// its own.
inline constexpr std::size_t kAppendRawBytes = 42 << 20;
// Waiting appends: about a second of work, so that a full queue answers "busy" instead of growing.
inline constexpr std::size_t kQueueEvents = 16 << 10;
inline constexpr std::size_t kQueueBytes = 64 << 20;
// What one synced write holds at most; the first append of a group may alone be larger.
inline constexpr std::size_t kGroupEvents = 2048;
inline constexpr std::size_t kGroupBytes = 4 << 20;
}  // namespace limits

inline constexpr std::size_t kTagHashBytes = 16;

// Bytes that an append occupies while it waits, and on the disk about as many.
std::size_t append_bytes(const AppendRequest& request);

// Errors: kTooLarge "append_too_large" for more than a named limit; kInvalid "append_invalid" for
// what no caller should send (no event, a nil id, a doubled id, a stream name of other letters,
// a tag hash of another length, an empty tag, a raw body without its event).
Result<void> check_append(const AppendRequest& request, std::size_t bytes);

// The refusals that every log words alike.
std::unexpected<Error> version_conflict(const StreamAt& expected, StreamVersion actual);
std::unexpected<Error> tag_conflict(const NoTagAfter& condition, Position found);
std::unexpected<Error> key_reused();
std::unexpected<Error> event_id_taken(const Uuid& id, Position position);
std::unexpected<Error> subject_key_conflict(const std::string& subject);
std::unexpected<Error> log_busy();
std::unexpected<Error> log_gap(Position missing);
std::unexpected<Error> version_gap(std::string_view stream, StreamVersion missing);

}  // namespace dealog
