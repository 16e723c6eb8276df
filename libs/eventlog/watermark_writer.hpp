// Keeps the watermark file close behind the head, without ever making the committer wait.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "libs/eventlog/watermark.hpp"

namespace dealog {

namespace limits {
// The window: what was acknowledged since the last write of the watermark is not guarded by it.
// A write begins at most this long after the one before has begun.
inline constexpr std::chrono::milliseconds kWatermarkInterval{20};
}  // namespace limits

struct WatermarkOptions {
  std::chrono::milliseconds interval = limits::kWatermarkInterval;
  std::function<int(int fd)> sync = {};  // for tests of the disk's failures; empty: fdatasync
};

// Thread: any.
class WatermarkWriter {
 public:
  // `root_at` gives the tree's root at a head that news() was told; `failed` is called once, on
  // this thread, when the file cannot be written: nothing is written after that.
  WatermarkWriter(WatermarkFile file, WatermarkOptions options,
                  std::function<Result<merkle::Hash>(Position)> root_at,
                  std::function<void(const Error&)> failed);
  // Writes the last news and ends the thread.
  ~WatermarkWriter();
  WatermarkWriter(const WatermarkWriter&) = delete;
  WatermarkWriter& operator=(const WatermarkWriter&) = delete;

  // `head` is durable. Returns at once.
  void news(Position head);
  // The newest durable watermark.
  Position written() const { return {written_.load(std::memory_order_acquire)}; }

 private:
  void run();
  Result<void> write(Position head);

  WatermarkFile file_;  // this object's thread
  const WatermarkOptions options_;
  const std::function<Result<merkle::Hash>(Position)> root_at_;
  const std::function<void(const Error&)> failed_;
  std::atomic<std::uint64_t> head_;
  std::atomic<std::uint64_t> written_;

  std::mutex mutex_;
  std::condition_variable wake_;
  bool idle_ = false;     // guarded by mutex_
  bool closing_ = false;  // guarded by mutex_

  std::thread thread_;  // last: uses everything above
};

}  // namespace dealog
