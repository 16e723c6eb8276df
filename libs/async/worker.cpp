#include "libs/async/worker.hpp"

#include <algorithm>

#include <pthread.h>

namespace dealog {

Worker::Worker(std::string name, std::function<Step()> step)
    : name_(std::move(name)), step_(std::move(step)), thread_([this] { run(); }) {}

Worker::~Worker() { stop(); }

void Worker::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  changed_.notify_one();
}

void Worker::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Worker::run() {
  pthread_setname_np(pthread_self(), name_.substr(0, 15).c_str());
  std::chrono::milliseconds pause = kFirstPause;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    woken_ = false;
    lock.unlock();
    const Step step = step_();
    lock.lock();
    if (step == Step::kMore) {
      pause = kFirstPause;
    } else if (step == Step::kIdle) {
      pause = kFirstPause;
      changed_.wait_for(lock, kIdleLook, [this] { return woken_ || stopping_; });
    } else {
      // New work does not shorten the pause: what failed stands before it.
      changed_.wait_for(lock, pause, [this] { return stopping_; });
      pause = std::min(pause * 2, kLongestPause);
    }
  }
}

}  // namespace dealog
