// Back-tests of a running service, each on a thread of its own.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "libs/base/clock.hpp"
#include "libs/event/key_ring.hpp"
#include "libs/eventlog/event_log.hpp"
#include "services/api/support/backtests.hpp"
#include "services/automation/backtest/backtest.hpp"

namespace dealog {

// They take a core each, and people's requests come first.
inline constexpr std::size_t kRunningBacktests = 2;
// Ended ones that can still be asked for; a result is a few MB at most.
inline constexpr std::size_t kKeptBacktests = 20;

// Thread: any.
class BacktestJobs final : public api::Backtests {
 public:
  // All must outlive it.
  BacktestJobs(const EventLog& log, const KeyRing& keys, const Clock& clock, IdSource& ids)
      : log_(log), keys_(keys), clock_(clock), ids_(ids) {}
  ~BacktestJobs() override;  // cancels what runs, and waits for it

  Result<api::BacktestState> start(api::BacktestOrder order) override;
  std::optional<api::BacktestState> find(const std::string& id,
                                         std::chrono::milliseconds wait) override;
  bool cancel(const std::string& id) override;

 private:
  struct Job {
    api::BacktestState state;  // guarded by mutex_; how far it is stands in `progress`
    automation::BacktestProgress progress;
    bool has_lines = true;  // of the rules, as api::BacktestOrder says
    std::thread thread;
  };

  void run(Job& job, const automation::BacktestRequest& request);
  std::shared_ptr<Job> job(const std::string& id);  // under mutex_
  void forget_old();                                // under mutex_
  static api::BacktestState state_of(const Job& job);

  const EventLog& log_;
  const KeyRing& keys_;
  const Clock& clock_;
  IdSource& ids_;
  std::mutex mutex_;
  std::condition_variable ended_;
  std::deque<std::shared_ptr<Job>> jobs_;  // guarded by mutex_; oldest first
};

}  // namespace dealog
