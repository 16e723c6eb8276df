#include "libs/eventlog/watermark_writer.hpp"

#include "libs/base/clock.hpp"

namespace dealog {

WatermarkWriter::WatermarkWriter(WatermarkFile file, WatermarkOptions options,
                                 std::function<Result<merkle::Hash>(Position)> root_at,
                                 std::function<void(const Error&)> failed)
    : file_(std::move(file)),
      options_(std::move(options)),
      root_at_(std::move(root_at)),
      failed_(std::move(failed)),
      head_(file_.newest().position.value),
      written_(head_.load()),
      thread_([this] { run(); }) {}

WatermarkWriter::~WatermarkWriter() {
  {
    const std::scoped_lock lock(mutex_);
    closing_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void WatermarkWriter::news(Position head) {
  head_.store(head.value, std::memory_order_release);
  bool wake = false;
  {
    // Held by the thread only while it looks whether there is news, never while it writes.
    const std::scoped_lock lock(mutex_);
    wake = std::exchange(idle_, false);
  }
  if (wake) wake_.notify_one();
}

void WatermarkWriter::run() {
  auto next_write = steady_now();
  for (;;) {
    bool last = false;
    {
      std::unique_lock lock(mutex_);
      wake_.wait_until(lock, next_write, [this] { return closing_; });
      while (!closing_ && head_.load(std::memory_order_acquire) == written_) {
        idle_ = true;
        wake_.wait(lock);
        idle_ = false;
      }
      last = closing_;
    }
    next_write = steady_now() + options_.interval;
    const Position head{head_.load(std::memory_order_acquire)};
    if (head > written()) {
      if (const auto done = write(head); !done) return failed_(done.error());
    }
    if (last) return;
  }
}

Result<void> WatermarkWriter::write(Position head) {
  const auto root = TRY(root_at_(head));
  TRY(file_.write(head, root, options_.sync));
  written_.store(head.value, std::memory_order_release);
  return {};
}

}  // namespace dealog
