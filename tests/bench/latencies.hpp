// Latencies of one phase and what they amount to.
#pragma once

#include <algorithm>
#include <chrono>
#include <vector>

namespace dealog::bench {

class Latencies {
 public:
  void add(std::chrono::steady_clock::duration latency) {
    ms_.push_back(std::chrono::duration<float, std::milli>(latency).count());
  }
  void add(const Latencies& other) { ms_.insert(ms_.end(), other.ms_.begin(), other.ms_.end()); }
  std::size_t count() const { return ms_.size(); }
  // In milliseconds; 0 without any.
  float quantile(double q) {
    if (ms_.empty()) return 0;
    const auto at = static_cast<std::ptrdiff_t>(q * static_cast<double>(ms_.size() - 1));
    std::nth_element(ms_.begin(), ms_.begin() + at, ms_.end());
    return ms_[static_cast<std::size_t>(at)];
  }

 private:
  std::vector<float> ms_;
};

// What writing for some time came to.
struct Measured {
  Latencies latencies;
  double seconds = 0;
  double cpu_us = 0;  // of the server, or of the whole process where there is none, a write

  double rate() const { return seconds > 0 ? static_cast<double>(latencies.count()) / seconds : 0; }
};

}  // namespace dealog::bench
