// Threads for calls that block (RocksDB, files, hashing of passwords), so that I/O threads never
// do.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog {

// How much work may wait: at 1 ms a call and four threads this is a second of waiting, after which
// saying "not now" is kinder than queueing.
inline constexpr std::size_t kPoolQueue = 4096;

// A fixed number of threads and one bounded queue. Thread: any.
class BlockingPool {
 public:
  using Work = std::move_only_function<void()>;

  // `name` is for logs and for the threads' names (cut to 15 bytes).
  explicit BlockingPool(std::string name, unsigned threads, std::size_t queue_limit = kPoolQueue);
  // Runs what was queued, then joins. Nothing may be posted any more by then.
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  // Queues `work`, which must not throw (an escaped exception aborts the process).
  // Errors: kUnavailable "overloaded" when the queue is full; `work` is then gone without a run.
  Result<void> post(Work work);

  // How many wait now, for metrics.
  std::size_t queued() const;

 private:
  void run();

  const std::string name_;
  const std::size_t queue_limit_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace dealog
