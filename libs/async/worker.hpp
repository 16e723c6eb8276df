// A thread that works off what is pending: woken when there may be something, backing off when it
// cannot go on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace dealog {

// Thread: any, but stop() not from the step.
class Worker {
 public:
  enum class Step {
    kMore,        // something was done: call again at once
    kIdle,        // nothing to do: call again when woken
    kRetryLater,  // it failed for now: call again after a pause that doubles up to kLongestPause
  };
  static constexpr std::chrono::milliseconds kFirstPause{50};
  static constexpr std::chrono::milliseconds kLongestPause{30'000};
  // A lost wake-up must not stop the work for good.
  static constexpr std::chrono::milliseconds kIdleLook{500};

  // Starts at once. `step` must not throw. `name` is the thread's (cut to 15 bytes).
  Worker(std::string name, std::function<Step()> step);
  ~Worker();  // stops
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void wake();
  // Waits for the running step.
  void stop();

 private:
  void run();

  const std::string name_;
  const std::function<Step()> step_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false;     // guarded by mutex_
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace dealog
