// Keeps the views up with the log.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "libs/eventlog/event_log.hpp"
#include "libs/projection/page_projector.hpp"

namespace dealog {

struct RunnerOptions {
  std::size_t page_events = 2'000;  // bounds the memory of a batch and the wait of a reader
  // A checkpoint on disk is never older than this many events or this long: what a start after a
  // crash projects again. Erased tokens leave the disk with it.
  std::uint64_t durable_events = 30'000;
  std::chrono::milliseconds durable_age{5'000};
  // Pages begin at least so far apart unless somebody is in a hurry or there is a whole page: each
  // costs a wake-up, a read, a write and a look of whoever follows the views, however few events it
  // has.
  std::chrono::milliseconds gathering{10};
};

// How far behind the log the views are.
struct ProjectionLag {
  std::uint64_t events = 0;
  double seconds = 0;  // since the oldest event that they do not show was recorded
};

// One thread reads the log in pages: one scan, one decode, every projector in lock-step, one batch,
// one checkpoint. Thread: any; `start` and `stop` from one.
class ProjectionRunner {
 public:
  // Everything must outlive the runner. The rows in `store` must have been made by the same
  // projectors (ViewFolder sees to it).
  ProjectionRunner(EventLog& log, ViewStore& store,
                   std::vector<std::unique_ptr<Projector>> projectors, RunnerOptions options = {});
  ~ProjectionRunner();  // stops

  // Reads the checkpoint and starts the thread. Errors: those of the store; kInternal
  // "views_ahead_of_log" when the rows know events that the log does not have.
  Result<void> start();
  // Applies nothing more, makes the checkpoint durable and joins.
  void stop();

  // Position of the last event whose rows can be read.
  Position position() const { return {applied_.load(std::memory_order_acquire)}; }
  // Blocks until position() ≥ `position`, the time is over, or the runner failed or stopped.
  bool wait_for(Position position, std::chrono::milliseconds timeout) const;
  // Somebody waits for what is in the log now: the next page gathers nothing.
  void hurry() const;
  ProjectionLag lag(Timestamp now) const;
  // Position that would survive a crash now.
  Position durable_position() const { return {durable_.load(std::memory_order_acquire)}; }

  // Why it does not go on, if it does not: then reads stay at position() and /readyz is red.
  std::optional<Error> failure() const;

  // Called on the projector's thread after each page with the new position; must be quick. Set
  // before start().
  void on_applied(std::function<void(Position)> listener) { listener_ = std::move(listener); }
  // The same after pages that wrote a row whose key begins with the prefix: whoever carries out
  // what such rows ask for need not look after every page.
  void on_rows(std::string_view prefix, std::function<void()> listener) {
    pages_.watch(prefix);
    row_listeners_.push_back(std::move(listener));
  }

 private:
  void run();
  bool wait_for_news();       // false: stop
  Result<bool> apply_page();  // whether there was anything
  Result<void> make_durable_if_due(bool now);
  void fail_with(Error error);

  EventLog& log_;
  ViewStore& store_;
  PageProjector pages_;
  const RunnerOptions options_;
  std::function<void(Position)> listener_;
  std::vector<std::function<void()>> row_listeners_;  // of the pages' watches, in their order
  std::unique_ptr<EventLog::Subscription> subscription_;

  std::atomic<std::uint64_t> applied_{0};
  std::atomic<std::uint64_t> durable_{0};
  std::chrono::steady_clock::time_point durable_at_;  // projector
  std::chrono::steady_clock::time_point page_at_;     // projector; when the last one began

  mutable std::mutex mutex_;
  mutable std::condition_variable woken_;            // the thread: new events, stop
  mutable std::condition_variable hurry_;            // the thread: somebody waits, stop
  mutable std::condition_variable applied_changed_;  // those who wait for a position
  mutable bool hurried_ = false;                     // guarded by mutex_; somebody waits
  bool stopping_ = false;                            // guarded by mutex_
  std::optional<Error> failure_;                     // guarded by mutex_
  std::thread thread_;
};

}  // namespace dealog
