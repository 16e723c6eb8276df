// The one thread that appends: queue, group, durable write, answers.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/eventlog/group_commit.hpp"
#include "libs/eventlog/log_observer.hpp"
#include "libs/eventlog/subscribers.hpp"

namespace dealog {

struct CommitterLimits {
  std::size_t queue_events = limits::kQueueEvents;
  std::size_t queue_bytes = limits::kQueueBytes;
  std::size_t group_events = limits::kGroupEvents;
  std::size_t group_bytes = limits::kGroupBytes;
};

// It takes what is queued, up to a bounded group, as soon as the group before is durable; it never
// waits for more to come. After a failed write it answers the group with "unknown", everything
// else with "log_stopped", and never writes again. Thread: any.
class Committer {
 public:
  Committer(std::unique_ptr<GroupCommit> group, const Clock& clock, LogObserver observer,
            CommitterLimits bounds);
  ~Committer();  // closes
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void append(AppendRequest request, AppendCallback done);
  // Answers what is queued, then ends the thread; what comes later is refused. Idempotent.
  void close();

  Position head() const { return {head_.load(std::memory_order_acquire)}; }
  Timestamp head_time() const { return {head_time_us_.load(std::memory_order_acquire)}; }
  Subscribers& subscribers() { return subscribers_; }

  // Ends appending for good: something was not written as it should have been.
  void stop(const Error& reason);
  std::optional<Error> stop_reason() const;
  // The refusal of a stopped log; nothing while it runs.
  std::optional<Error> refusal() const;

 private:
  struct Pending {
    AppendRequest request;
    AppendCallback done;
    std::size_t bytes = 0;
    std::chrono::steady_clock::time_point since;
    std::optional<Result<Appended>> answer;
  };

  void run();
  // False when there is nothing left to do.
  bool take_group();
  void commit_group();
  void answer_group();

  const Clock& clock_;
  const LogObserver observer_;
  const CommitterLimits bounds_;
  Subscribers subscribers_;
  std::atomic<std::uint64_t> head_;
  std::atomic<std::int64_t> head_time_us_;

  std::unique_ptr<GroupCommit> group_;  // committer's thread
  std::vector<Pending> taken_;          // committer's thread
  Position woken_at_;                   // committer's thread: head that subscribers know

  mutable std::mutex mutex_;
  std::condition_variable work_;
  std::deque<Pending> queue_;         // guarded by mutex_
  std::size_t queued_events_ = 0;     // guarded by mutex_
  std::size_t queued_bytes_ = 0;      // guarded by mutex_
  bool waiting_ = false;              // guarded by mutex_
  bool closing_ = false;              // guarded by mutex_
  std::optional<Error> stop_reason_;  // guarded by mutex_

  std::thread thread_;  // last: started when everything above is there
};

}  // namespace dealog
