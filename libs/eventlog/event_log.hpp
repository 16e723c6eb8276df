// The log: every fact of a company in one totally ordered, gapless, append-only sequence.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "libs/event/codec.hpp"
#include "libs/event/position.hpp"

namespace dealog {

// Conditions are data: they are checked by the committer, against everything before this append.
struct StreamAt {  // the stream is at exactly this version; 0: it does not exist
  StreamName stream;
  StreamVersion version;
};
struct NoTagAfter {  // no event with this tag has a position greater than `position`
  bool personal = false;
  std::string tag;  // the open tag's text, or the personal tag's 16-byte hash
  Position position;
};
using Condition = std::variant<StreamAt, NoTagAfter>;

// What to do when the first event's id is in the log already.
enum class OnExisting {
  kRequireSame,  // its fingerprint must be this one's, else "idempotency_key_reused"
  kAcceptAny,    // computed ids: already there means done
};

// A body that lies beside its event and can be deleted without touching it.
struct RawBody {
  Uuid event_id;
  std::string sealed;
};

struct AppendRequest {
  std::vector<EncodedEvent> events;  // 1 … limits::kAppendEvents, applied whole or not at all
  std::vector<Condition> conditions = {};
  OnExisting on_existing = OnExisting::kRequireSame;
  std::vector<RawBody> raw_bodies = {};
};

struct Appended {
  Position first;
  Position last;
  Timestamp recorded;
  bool existed = false;  // nothing was written: it had been appended before
  // Of each event within its stream; empty when it existed.
  std::vector<StreamVersion> versions = {};
};

// A record and where it stands. The bytes live only during the call.
struct StoredEvent {
  Position position;
  std::string_view record;
};
// Returns false to stop.
using EventVisitor = std::function<bool(const StoredEvent&)>;

enum class Direction { kForward, kBackward };

using AppendCallback = std::function<void(Result<Appended>)>;

// Thread: any. Reads never see an event that is not durable.
class EventLog {
 public:
  virtual ~EventLog() = default;

  // Queues the append and returns; `done` is called once, on the committer's thread, after it is
  // durable or refused; it must be quick and must not call append_and_wait. What is refused without
  // being queued (too large, busy, stopped) is answered before this returns.
  // Errors: kConflict "version_conflict" | "tag_conflict"; kUnprocessable
  // "idempotency_key_reused"; kTooLarge "append_too_large"; kUnavailable "log_busy" (queue full) |
  // "log_stopped"; kUnknown "append_unknown" (a write failed: it may be there after a restart;
  // retry with the same id).
  virtual void append(AppendRequest request, AppendCallback done) = 0;
  Result<Appended> append_and_wait(AppendRequest request);

  // Position of the last durable event; 0 when empty.
  virtual Position head() const = 0;
  // recorded time of the head; zero when empty.
  virtual Timestamp head_time() const = 0;
  virtual std::string log_id() const = 0;  // 16 bytes
  // Why nothing is accepted any more since a write failed; nothing while all is well.
  virtual std::optional<Error> stop_reason() const { return std::nullopt; }

  // From `from` on, inclusive, in the direction; forward from 0 is from the start, backward from
  // Position{UINT64_MAX} is from the head. Returns after `limit` events, when the visitor stops, or
  // at the end. Errors: kInternal "log_gap" naming the missing position.
  virtual Result<void> read(Position from, Direction direction, std::size_t limit,
                            const EventVisitor& visit) const = 0;
  // The same within a stream, by version.
  virtual Result<void> read_stream(std::string_view stream, StreamVersion from, Direction direction,
                                   std::size_t limit, const EventVisitor& visit) const = 0;
  // The same over the events that carry a tag, by position. `tag` as in NoTagAfter.
  virtual Result<void> read_tag(bool personal, std::string_view tag, Position from,
                                Direction direction, std::size_t limit,
                                const EventVisitor& visit) const = 0;

  virtual Result<StreamVersion> stream_version(std::string_view stream) const = 0;
  virtual Result<std::optional<Position>> find_event(const Uuid& id) const = 0;
  // Last position whose recorded time is ≤ `at`; 0 when there is none.
  virtual Result<Position> position_at(Timestamp at) const = 0;
  virtual Result<std::optional<KeyId>> subject_key(std::string_view subject) const = 0;
  // The highest key id that any append brought; 0 when there was none.
  virtual Result<KeyId> highest_key() const = 0;

  virtual Result<std::optional<std::string>> raw_body(const Uuid& event_id) const = 0;

  // Erasure of what may be erased: rows of the personal tag index and raw bodies. Synced.
  virtual Result<void> erase_personal_tags(const std::vector<std::string>& tag_hashes) = 0;
  virtual Result<void> erase_raw_body(const Uuid& event_id) = 0;

  // `wake` is called after each commit, on the committer's thread, with the new head; it must be
  // quick. Unsubscribes when the handle is destroyed; no call runs after that.
  class Subscription {
   public:
    virtual ~Subscription() = default;
  };
  virtual std::unique_ptr<Subscription> subscribe(std::function<void(Position)> wake) = 0;
  // Blocks until head() ≥ position or the time is over; returns whether it is.
  bool wait_for(Position position, std::chrono::milliseconds timeout);
};

}  // namespace dealog
