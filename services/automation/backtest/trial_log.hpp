// The log as it was at a moment of the past, with events beside it that were never recorded: what
// rules would have done. It grows by showing the next event of the past, or by an append. Nothing
// is ever written to the past's own log.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/event/event.hpp"
#include "libs/eventlog/event_log.hpp"

namespace dealog::automation {

// Positions and stream versions are counted anew, without a gap, over what is shown and what was
// appended here. In memory are the appended events and, of each stream that differs from the past,
// where it does; all else is read from the past's log.
// Thread: one at a time (a bus of one thread, and whoever waits for it).
class TrialLog final : public EventLog {
 public:
  // Everything up to `start` is shown. Both must outlive it.
  TrialLog(const EventLog& past, Position start, const Clock& clock);

  struct Place {
    Position position;
    StreamVersion version;
  };
  // The next event of the past, in order: where it stands here.
  Place show(const RecordedEvent& event);
  // The next event of the past did not happen here.
  void leave_out(const RecordedEvent& event);
  // The position here of an event of the past that is shown.
  Position position_here(Position past) const;

  // Appended here, in order; the bytes stay where they are.
  std::size_t added() const { return added_.size(); }
  StoredEvent added(std::size_t index) const {
    return {added_[index].position, added_[index].record};
  }

  // Errors: kConflict "version_conflict" | "tag_conflict".
  void append(AppendRequest request, AppendCallback done) override;

  Position head() const override;
  Timestamp head_time() const override { return head_time_; }
  std::string log_id() const override { return past_.log_id(); }

  Result<void> read(Position from, Direction direction, std::size_t limit,
                    const EventVisitor& visit) const override;
  Result<void> read_stream(std::string_view stream, StreamVersion from, Direction direction,
                           std::size_t limit, const EventVisitor& visit) const override;
  Result<void> read_tag(bool personal, std::string_view tag, Position from, Direction direction,
                        std::size_t limit, const EventVisitor& visit) const override;

  Result<StreamVersion> stream_version(std::string_view stream) const override;
  Result<std::optional<Position>> find_event(const Uuid& id) const override;
  Result<Position> position_at(Timestamp at) const override;
  Result<std::optional<KeyId>> subject_key(std::string_view subject) const override {
    return past_.subject_key(subject);
  }
  Result<KeyId> highest_key() const override { return past_.highest_key(); }
  Result<std::optional<std::string>> raw_body(const Uuid& id) const override {
    return past_.raw_body(id);
  }

  // Errors: kInternal "trial_log_read_only", always.
  Result<void> erase_personal_tags(const std::vector<std::string>& tag_hashes) override;
  Result<void> erase_raw_body(const Uuid& event_id) override;

  // Whoever drives the trial knows when it has grown: nobody is woken.
  std::unique_ptr<Subscription> subscribe(std::function<void(Position)> wake) override;

 private:
  struct Added {
    std::string record;
    Timestamp recorded;
    Position position;
  };
  // Where a stream differs: an event appended after so many of its past versions, or a past version
  // that is left out.
  struct Edit {
    bool added = false;
    std::uint64_t past_version = 0;  // of added ones: how many come before it
    std::size_t index = 0;           // of added ones
  };
  struct EditedStream {
    std::uint64_t past_versions = 0;  // that are shown or left out
    std::uint64_t versions = 0;       // here
    std::vector<Edit> edits;          // in order
  };
  struct Entry {
    bool added = false;
    std::uint64_t version = 0;  // here
    std::uint64_t number = 0;   // past version, or index among the added
  };

  bool is_shown(Position past) const;
  std::uint64_t shown_until(std::uint64_t past) const;
  std::uint64_t past_of(Position here) const;
  // The stream, to be changed: its past versions are counted when it is touched first.
  Result<EditedStream*> edited(std::string_view stream);
  Result<std::uint64_t> past_versions(std::string_view stream) const;
  static std::vector<Entry> entries(const EditedStream& stream);
  Result<void> check(const Condition& condition) const;
  Result<Appended> commit(AppendRequest& request);
  Result<Appended> store(AppendRequest& request);
  Result<std::optional<Appended>> existing(const AppendRequest& request) const;
  Result<void> read_past_stream(std::string_view stream, StreamVersion from, Direction direction,
                                std::size_t limit, const EventVisitor& visit) const;
  Result<bool> visit_added(std::size_t index, const EventVisitor& visit) const;

  const EventLog& past_;
  const Clock& clock_;
  std::uint64_t past_head_;
  Timestamp head_time_;
  std::deque<Added> added_;                  // never moves
  std::vector<std::uint64_t> added_after_;   // of each: the past's head then
  std::vector<std::uint64_t> added_places_;  // of each: its position
  std::vector<std::uint64_t> left_out_;      // past positions
  std::unordered_map<std::string, EditedStream> edited_;
  std::unordered_map<Uuid, std::size_t> ids_;
  std::map<std::pair<bool, std::string>, std::vector<std::size_t>> tags_;
};

}  // namespace dealog::automation
