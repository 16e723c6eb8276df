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
      if (rate <= static_cast<double>(kBurstRate)) {
        burst_since_.reset();
      } else if (!burst_since_) {
        burst_since_ = now;
      }
    }
    return burst_since_ && now - *burst_since_ < kStandsBackAtMost;
  }

 private:
  std::atomic<std::uint64_t> received_{0};
  std::uint64_t counted_ = 0;
  Time counted_at_{};
  std::optional<Time> burst_since_;
};

}  // namespace dealog::webhooks
