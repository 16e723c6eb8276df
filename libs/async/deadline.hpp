// Waiting in coroutines: for a time, for a signal from any thread, or for whichever comes first.
#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace dealog {

using SteadyTime = std::chrono::steady_clock::time_point;

// Cancellable: throws operation_aborted then.
boost::asio::awaitable<void> sleep_until(SteadyTime time);
boost::asio::awaitable<void> sleep_for(std::chrono::steady_clock::duration duration);

// Wakes coroutines of any executor: "the log has grown", "the view is that far".
// The waiter looks at its condition, waits, looks again:
//
//   for (auto seen = grown.count(); !ready(); seen = grown.count())
//     if (!co_await grown.wait(seen, request.deadline)) co_return too_late();
//
// Because wait() returns at once when the count has moved on from `seen`, nothing said between the
// look and the wait is lost. A waiter's executor must run one thing at a time (the server's loops
// and strands do). Must outlive its waiters. Thread: any.
class Signal {
 public:
  Signal();
  ~Signal();
  Signal(const Signal&) = delete;
  Signal& operator=(const Signal&) = delete;

  // Raises the count and wakes everybody. Cheap when nobody waits.
  void notify();
  std::uint64_t count() const;
  // True when the count differs from `seen`, false at `deadline`. Cancellable: throws
  // operation_aborted then.
  boost::asio::awaitable<bool> wait(std::uint64_t seen, SteadyTime deadline);

 private:
  struct Waiter;
  struct Listed;
  mutable std::mutex mutex_;
  std::uint64_t count_ = 0;                     // guarded by mutex_
  std::list<std::shared_ptr<Waiter>> waiters_;  // guarded by mutex_
};

}  // namespace dealog
