// The log without a disk: for tests, simulation and back-tests. The same contract, nothing durable.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <shared_mutex>
#include <unordered_map>

#include "libs/base/clock.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/event_log.hpp"
#include "libs/eventlog/subscribers.hpp"

namespace dealog {

struct InMemoryLogOptions {
  std::string log_id = std::string(16, 'm');  // 16 bytes
  std::size_t queue_events = limits::kQueueEvents;
};

// There is no committer's thread: whoever appends commits, and with it whatever others queue in
// the meantime. So with one thread everything is done, callbacks included, when append() returns,
// and a simulation stays on its one thread. Thread: any.
class InMemoryLog final : public EventLog {
 public:
  explicit InMemoryLog(const Clock& clock, InMemoryLogOptions options = {});

  void append(AppendRequest request, AppendCallback done) override;

  Position head() const override;
  Timestamp head_time() const override;
  std::string log_id() const override { return options_.log_id; }

  Result<void> read(Position from, Direction direction, std::size_t limit,
                    const EventVisitor& visit) const override;
  Result<void> read_stream(std::string_view stream, StreamVersion from, Direction direction,
                           std::size_t limit, const EventVisitor& visit) const override;
  Result<void> read_tag(bool personal, std::string_view tag, Position from, Direction direction,
                        std::size_t limit, const EventVisitor& visit) const override;

  Result<StreamVersion> stream_version(std::string_view stream) const override;
  Result<std::optional<Position>> find_event(const Uuid& id) const override;
  Result<Position> position_at(Timestamp at) const override;
  Result<std::optional<KeyId>> subject_key(std::string_view subject) const override;
  Result<KeyId> highest_key() const override;
  Result<std::optional<std::string>> raw_body(const Uuid& event_id) const override;

  Result<void> erase_personal_tags(const std::vector<std::string>& tag_hashes) override;
  Result<void> erase_raw_body(const Uuid& event_id) override;

  std::unique_ptr<Subscription> subscribe(std::function<void(Position)> wake) override;

 private:
  struct Pending {
    AppendRequest request;
    AppendCallback done;
  };
  struct Stored {
    std::string record;
    Timestamp recorded;
    std::string fingerprint;
    Position append_first;
    Position append_last;
  };
  using TagKey = std::pair<bool, std::string>;  // personal?, tag

  // All under data_mutex_.
  Result<Appended> commit(AppendRequest& request);
  std::optional<Result<Appended>> answer_for_existing(const AppendRequest& request) const;
  Result<void> check_condition(const Condition& condition) const;
  Appended store(AppendRequest& request);
  StreamVersion version_of(std::string_view stream) const;

  using Places = std::vector<Position>;  // ascending
  StoredEvent at(Position position) const;

  const Clock& clock_;
  const InMemoryLogOptions options_;
  Subscribers subscribers_;

  std::mutex queue_mutex_;
  std::deque<Pending> queue_;      // guarded by queue_mutex_
  std::size_t queued_events_ = 0;  // guarded by queue_mutex_
  bool committing_ = false;        // guarded by queue_mutex_

  mutable std::shared_mutex data_mutex_;  // guards what follows
  std::deque<Stored> events_;             // at index position − 1; never moves, never shrinks
  std::map<std::string, Places, std::less<>> streams_;
  std::unordered_map<Uuid, Position> ids_;
  std::map<TagKey, Places> tags_;
  std::unordered_map<Uuid, std::string> raw_bodies_;
  std::map<std::string, KeyId, std::less<>> subject_keys_;
};

}  // namespace dealog
