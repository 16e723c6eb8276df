// What one command reads and writes: everything it loads becomes a condition of its append, and
// everything it emits is appended at once or not at all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "libs/base/clock.hpp"
#include "libs/base/language.hpp"
#include "libs/command/folds.hpp"
#include "libs/domain/user/rights.hpp"
#include "libs/event/codec.hpp"
#include "libs/event/key_ring.hpp"
#include "libs/eventlog/event_log.hpp"

namespace dealog {

// The unit of work of one attempt of one command. Thread: the one that runs the work; it does not
// outlive the call.
class Unit {
 public:
  struct Given {
    const Folds& folds;
    KeyRing& keys;
    IdSource& ids;
    const Actor& actor;
    const user::Rights& rights;
    Language language;
    Timestamp now;
    Timestamp started;  // of the first attempt
    Uuid command_id;
    // How many causes lie behind an event that names none of its own.
    std::uint32_t causation_depth = 0;
  };
  // Whose the events of a part are.
  struct Author {
    Actor actor;
    user::Rights rights;
    std::string rule;
    std::uint64_t rule_version = 0;
  };
  explicit Unit(const Given& given) : given_(given) {}
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  Timestamp now() const { return given_.now; }
  const Actor& actor() const { return author_ ? author_->actor : given_.actor; }
  const user::Rights& rights() const { return author_ ? author_->rights : given_.rights; }
  // Of the sentences in refusals.
  Language language() const { return given_.language; }
  IdSource& ids() const { return given_.ids; }
  const Folds& folds() const { return given_.folds; }
  const Uuid& command_id() const { return given_.command_id; }

  // An id that follows from the command's id and `name`: deciding again, or sending the same keyed
  // request again, gives the same one.
  template <class Id>
  Id computed_id(std::string_view name) const {
    return Id(Uuid::derived(given_.command_id, name));
  }

  // The id of something new: UUIDv7 of the time of the command's first attempt with the rest
  // computed as above, so that what was made later sorts later and every attempt gives the same
  // one.
  template <class Id>
  Id new_id(std::string_view name) const {
    return Id(new_uuid(name));
  }

  // The state of a stream, with the condition that it is still at this version when the append is
  // made. What this unit has emitted to the stream so far is in it. Valid until the next emit to
  // the same stream, at most as long as the unit. A stream that does not exist gives an empty state
  // (version 0) and the condition that it still does not.
  template <class State>
  Result<const State*> load(std::string_view stream) {
    return &TRY(access(stream, &FoldOf<State>::make, true))->template as<State>();
  }
  // The same without a condition: what is decided stays right if the stream goes on meanwhile.
  template <class State>
  Result<const State*> glance(std::string_view stream) {
    return &TRY(access(stream, &FoldOf<State>::make, false))->template as<State>();
  }
  // Version of a stream that was loaded or glanced at, without what this unit emitted.
  StreamVersion version_of(std::string_view stream) const;

  // Events by tag, as of the last durable position.
  Result<std::optional<RecordedEvent>> last_with_tag(const Tag& tag) const;
  Result<std::vector<RecordedEvent>> with_tag(const Tag& tag, std::size_t limit) const;
  // The append is refused, and decided again, when an event after `position` has this tag.
  void require_no_tag_after(const Tag& tag, Position position);
  // last_with_tag and the condition that it is still the last.
  Result<std::optional<RecordedEvent>> hold_tag(const Tag& tag);
  // The stream of the last event with the tag that this unit itself emitted, if any.
  std::optional<StreamName> emitted_with_tag(const Tag& tag) const;

  // Adds events to the append, in order; `caused_by` counts within `events`, and `cause` (a place
  // that an earlier emit returned) is the cause of those that name none. Returns the place of the
  // first of them among all events of the unit.
  std::size_t emit(std::string_view stream, std::vector<NewEvent> events,
                   std::optional<std::size_t> cause = std::nullopt);
  const std::vector<StreamEvent>& emitted() const { return emitted_; }

  // The key that seals `subject`'s boxes, for a body that lies beside its event.
  Result<SealKey> seal_key(std::string_view subject);
  // A sealed body of the event with that id.
  void attach(RawBody body) { raw_bodies_.push_back(std::move(body)); }
  // The id that the event emitted next will have (unless it brings its own).
  Uuid next_event_id() const;
  // The id of an event that was emitted, by its place, and how many causes lie behind it.
  Uuid id_of(std::size_t place) const;
  std::uint32_t depth_of(std::size_t place) const;
  // An event that was emitted as it will read, but for what the log gives it.
  RecordedEvent recorded(std::size_t place, StreamVersion version = {}) const;

  // What a rule does of its own within somebody's command. While it stands, actor and rights are
  // the rule's and what is emitted names it; unless it is kept, all of that is taken back when it
  // goes (the conditions of what was read stay). One at a time.
  class Part {
   public:
    Part(Unit& unit, Author author);
    ~Part();
    Part(const Part&) = delete;
    Part& operator=(const Part&) = delete;
    void keep() { kept_ = true; }

   private:
    Unit& unit_;
    const Author author_;
    const std::size_t emitted_, tag_conditions_, raw_bodies_;
    bool kept_ = false;
  };

 private:
  friend class CommandBus;
  struct Touched {
    StreamName stream;
    FoldRef base;                      // as it was read; empty until somebody asks for the state
    FoldRef overlay;                   // with what was emitted here; empty when nothing was
    std::vector<std::size_t> emitted;  // places in emitted_
    std::size_t applied = 0;           // how many of those are in the overlay
    bool conditional = false;
  };

  Result<const FoldRef*> access(std::string_view stream, Fold::Factory factory, bool conditional);
  Uuid new_uuid(std::string_view name) const;
  Touched& touch(std::string_view stream);
  void bring_up_to_date(Touched& touched);
  void take_back(std::size_t emitted);
  std::vector<Condition> take_conditions();

  Given given_;
  const Author* author_ = nullptr;  // of the part that stands
  std::vector<std::unique_ptr<Touched>> touched_;
  // An import touches hundreds of streams.
  boost::unordered_flat_map<std::string_view, Touched*> by_stream_;
  std::vector<Condition> tag_conditions_;
  std::vector<StreamEvent> emitted_;
  std::vector<SubjectKey> fresh_keys_;
  std::vector<RawBody> raw_bodies_;
};

}  // namespace dealog
