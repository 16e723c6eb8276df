#include "libs/async/blocking_pool.hpp"

#include <pthread.h>

#include "libs/base/assert.hpp"

namespace dealog {

BlockingPool::BlockingPool(std::string name, unsigned threads, std::size_t queue_limit)
    : name_(std::move(name)), queue_limit_(queue_limit) {
  DEALOG_ASSERT(threads > 0 && queue_limit > 0);
  for (unsigned i = 0; i < threads; ++i) threads_.emplace_back([this] { run(); });
}

BlockingPool::~BlockingPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
}

Result<void> BlockingPool::post(Work work) {
  {
    const std::lock_guard lock(mutex_);
    DEALOG_ASSERT(!stopping_);
    if (queue_.size() >= queue_limit_) {
      return fail(ErrorKind::kUnavailable, "overloaded",
                  "too much work is waiting for the pool '" + name_ + "'; try again in a second");
    }
    queue_.push_back(std::move(work));
  }
  changed_.notify_one();
  return {};
}

std::size_t BlockingPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void BlockingPool::run() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work();
  }
}

}  // namespace dealog
