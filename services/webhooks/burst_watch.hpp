// Whether so much comes in that decoding it has to wait.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace dealog::webhooks {

// A sender waits for the receipt and nobody for the decoding, which takes the same processors. So
// while receipts come faster than they could be decoded anyway, decoding stands back, for a while.
// Thread: received() from any, stands_back() from one.
class BurstWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A second; about what two cores decode.
  static constexpr std::uint64_t kBurstRate = 4'000;
  // Over so long receipts are counted.
  static constexpr std::chrono::milliseconds kWindow{50};
  // A burst is over when it was no longer fast for so long: a disk that stalls for a moment does
  // not end it, else decoding would take the processors and keep the receipts slow.
  static constexpr std::chrono::milliseconds kOverAfter{300};
  // In one go; a burst that lasts longer shares the processors from then on until it is over.
  static constexpr std::chrono::seconds kStandsBackAtMost{15};

  void received() { received_.fetch_add(1, std::memory_order_relaxed); }

  // To be asked about every window.
  bool stands_back(Time now) {
    if (const std::chrono::duration<double> since = now - counted_at_; since >= kWindow) {
      const auto received = received_.load(std::memory_order_relaxed);
      const double rate = static_cast<double>(received - counted_) / since.count();
      counted_ = received;
      counted_at_ = now;
      if (rate > static_cast<double>(kBurstRate)) {
        if (!burst_) burst_ = Burst{.began = now, .last_fast = now};
        burst_->last_fast = now;
      } else if (burst_ && now - burst_->last_fast >= kOverAfter) {
        burst_.reset();
      }
    }
    return burst_ && now - burst_->began < kStandsBackAtMost;
  }

 private:
  struct Burst {
    Time began, last_fast;
  };
  std::atomic<std::uint64_t> received_{0};
  std::uint64_t counted_ = 0;
  Time counted_at_{};
  std::optional<Burst> burst_;
};

}  // namespace dealog::webhooks
