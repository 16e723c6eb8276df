// The only road by which the service writes: queue per stream → load → decide → append with
// conditions → decide again on a conflict.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/command/fold_cache.hpp"
#include "libs/command/folds.hpp"
#include "libs/command/outcome.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/user/rights.hpp"
#include "libs/eventlog/event_log.hpp"

namespace dealog {

// A second of work at 10 µs a command would be 100,000; far fewer may wait, so that the answer
// "busy" comes while the caller still listens.
inline constexpr std::size_t kQueuedCommands = 8192;
// Of one stream: they run one after another, each waits for the disk.
inline constexpr std::size_t kQueuedPerStream = 512;

// What makes a request the same as an earlier one. The id of its command is computed from
// principal, method, path and key; its sameness from `canonical`.
struct Idempotency {
  std::string principal;  // usr_… or tok_…
  std::string method;
  std::string path;
  std::string key;
  std::string canonical;  // the whole request in one canonical form
};
Uuid command_id_of(const Idempotency& idempotency);

// The event because of which a command is run.
struct Cause {
  Uuid event;
  Uuid correlation;
  std::uint32_t depth = 0;  // of that event

  static Cause of(const RecordedEvent& event) {
    return {event.id, event.correlation_id, event.causation_depth};
  }
};

// Who waits for the answer: a person is told about a conflict, a source is told to come again.
enum class Caller { kPerson, kSource };

// Commands with exclusive access to a stream run one after another. Shared ones only glance at it
// and append without a condition on it (touches, deliveries): they also run while others of their
// kind are on the way to the disk, but neither beside nor across an exclusive one.
enum class Access { kExclusive, kShared };

struct CommandRequest {
  std::string name;   // "record_touch", for logs and metrics
  StreamName stream;  // the one that is written most: commands on it queue
  // Further streams (or names of anything that is fought over) on which to queue, exclusively: a
  // command of two streams waits in both queues instead of running into conflicts.
  std::vector<StreamName> also = {};
  Access access = Access::kExclusive;  // to `stream`
  // Decided by the thread that submits it when nothing stands before it: a hand-over to another
  // thread costs more than such a command. None that draws keys: it may have to wait for their
  // disk.
  bool brief = false;
  Actor actor;
  user::Rights rights = {};
  Language language = Language::kEn;  // of the sentences in refusals
  Caller caller = Caller::kPerson;
  std::optional<Idempotency> idempotency = std::nullopt;
  // Not nil: the command happens once, whoever asks for it again; already there means done.
  Uuid computed_id = {};
  std::optional<Cause> cause = std::nullopt;
  std::string rule = {};  // that made the command
  std::uint64_t rule_version = 0;
};

struct BusOptions {
  unsigned threads = 2;
  std::size_t queued_commands = kQueuedCommands;
  std::size_t queued_per_stream = kQueuedPerStream;
  // What follows in the same append from what an exclusive command has emitted; may be empty.
  std::function<void(Unit&)> consequences = {};
};

struct BusStats {
  std::uint64_t commands = 0;   // finished, in whatever way
  std::uint64_t refused = 0;    // of them with an error
  std::uint64_t repeated = 0;   // of them answered from the log
  std::uint64_t conflicts = 0;  // attempts that were decided again
  std::size_t waiting = 0;      // now, queued or on the way to the disk
};

// Thread: any. Neither `work` nor callbacks may call `run`.
class CommandBus {
 public:
  // Runs on one of the bus's threads or (a brief command) the caller's own, possibly several times
  // (a conflict, or a failed attempt's repetition), each time with a new unit. It must not keep
  // references to the unit.
  using Work = std::move_only_function<Result<void>(Unit&)>;
  // Called once, on one of the bus's threads, the log's (when something was appended) or the
  // caller's own (when the request is refused at once); must be quick.
  using Callback = std::move_only_function<void(Result<Outcome>)>;

  CommandBus(EventLog& log, KeyRing& keys, const Clock& clock, IdSource& ids,
             BusOptions options = {});
  // Waits for what was submitted. Nothing may be submitted any more by then.
  ~CommandBus();
  CommandBus(const CommandBus&) = delete;
  CommandBus& operator=(const CommandBus&) = delete;

  // Errors: those of the work; kConflict "version_conflict" (a person's command) or kUnavailable
  // "busy" (a source's) after limits::kConflictRetries; kUnavailable "busy" when a queue is full;
  // kConflict "request_in_progress"; kUnprocessable "idempotency_key_reused" |
  // "causation_too_deep"; those of EventLog::append and of encode.
  void submit(CommandRequest request, Work work, Callback done);
  Result<Outcome> run(CommandRequest request, Work work);

  // The same with a work that returns a value: `work` is (Unit&) → Result<T>.
  template <class F>
  auto run_for(CommandRequest request, F work)
      -> Result<Done<typename std::invoke_result_t<F&, Unit&>::value_type>>;
  template <class T, class F>
  void submit_for(CommandRequest request, F work,
                  std::move_only_function<void(Result<Done<T>>)> done);

  const Folds& folds() const { return folds_; }
  FoldCache& cache() { return cache_; }
  EventLog& log() { return log_; }
  KeyRing& keys() { return keys_; }
  const Clock& clock() const { return clock_; }
  IdSource& ids() { return ids_; }
  BusStats stats() const;

 private:
  struct Job;
  using JobRef = std::shared_ptr<Job>;

  // The commands of one stream, in the order in which they came: running ones first.
  struct LanePlace {
    JobRef job;
    bool shared = false;
    bool granted = false;
  };
  using Lane = std::vector<LanePlace>;

  void work_loop();
  void step(const JobRef& job);
  void attempt(const JobRef& job);
  Result<std::optional<Outcome>> answer_from_log(const Job& job) const;
  Result<std::optional<AppendRequest>> decide(Job& job);
  void on_appended(const JobRef& job);
  Outcome outcome_of(Job& job, const Appended& appended);
  Result<Outcome> outcome_of_existing(const Uuid& command_id, Position first, Position last) const;
  void advance_folds(Job& job, const Outcome& outcome);
  void decide_again(const JobRef& job);
  void finish(const JobRef& job, Result<Outcome> result);

  Result<void> admit(const JobRef& job);  // under mutex_, as the next three
  void enter_lanes(const JobRef& job);
  void grant(Lane& lane);
  void be_ready(const JobRef& job);
  void leave_lanes(const JobRef& job);
  void make_ready(const JobRef& job);

  void remember_fresh_keys(const Job& job);
  void add_unrecorded_keys(Job& job, std::vector<EncodedEvent>& events);
  void forget_recorded_keys(const Job& job);

  EventLog& log_;
  KeyRing& keys_;
  const Clock& clock_;
  IdSource& ids_;
  const BusOptions options_;
  FoldCache cache_;
  Folds folds_;

  mutable std::mutex mutex_;
  std::condition_variable ready_changed_;
  std::condition_variable idle_;
  std::deque<JobRef> ready_;                    // guarded by mutex_
  std::unordered_map<StreamName, Lane> lanes_;  // guarded by mutex_; only those in use
  std::unordered_set<Uuid> running_ids_;        // guarded by mutex_; of keyed commands
  BusStats stats_;                              // guarded by mutex_
  std::size_t unfinished_ = 0;                  // guarded by mutex_; admitted, not called back
  bool stopping_ = false;                       // guarded by mutex_
  // Keys drawn for a subject by an append that is not durable, or failed: whoever seals under one
  // of them next records whose it is.
  std::mutex keys_mutex_;
  std::unordered_map<std::string, KeyId> unrecorded_keys_;  // guarded by keys_mutex_
  std::atomic<bool> has_unrecorded_keys_ = false;
  std::vector<std::thread> threads_;
};

template <class F>
auto CommandBus::run_for(CommandRequest request, F work)
    -> Result<Done<typename std::invoke_result_t<F&, Unit&>::value_type>> {
  using T = typename std::invoke_result_t<F&, Unit&>::value_type;
  std::optional<T> value;
  Outcome outcome = TRY(run(std::move(request), [&](Unit& unit) -> Result<void> {
    value = TRY(work(unit));
    return {};
  }));
  if (outcome.existed) value.reset();
  return Done<T>{std::move(outcome), std::move(value)};
}

template <class T, class F>
void CommandBus::submit_for(CommandRequest request, F work,
                            std::move_only_function<void(Result<Done<T>>)> done) {
  auto value = std::make_shared<std::optional<T>>();
  submit(
      std::move(request),
      [value, work = std::move(work)](Unit& unit) mutable -> Result<void> {
        *value = TRY(work(unit));
        return {};
      },
      [value, done = std::move(done)](Result<Outcome> outcome) mutable {
        if (!outcome) return done(std::unexpected(std::move(outcome).error()));
        if (outcome->existed) value->reset();
        done(Done<T>{std::move(*outcome), std::move(*value)});
      });
}

}  // namespace dealog
