// The only place where the time of day and randomness for ids enter.
#pragma once

#include <atomic>
#include <mutex>
#include <random>

#include "libs/base/id.hpp"
#include "libs/base/timestamp.hpp"

namespace dealog {

// Thread: any.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

// A clock that stands still until it is moved: tests, demo data, back-tests.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : us_(start.us) {}
  Timestamp now() const override { return {us_.load()}; }
  void set(Timestamp t) { us_ = t.us; }
  void advance(Duration d) { us_ += d.count(); }

 private:
  std::atomic<std::int64_t> us_;
};

// UUIDv7 (RFC 9562) from a clock and the operating system's generator; strictly increasing
// within a process, so ids made later sort later.
class SystemIds final : public IdSource {
 public:
  explicit SystemIds(const Clock& clock) : clock_(clock) {}
  Uuid next() override;

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::string pool_;           // random bytes drawn ahead, guarded by mutex_
  std::uint64_t last_ms_ = 0;  // guarded by mutex_
  std::uint16_t counter_ = 0;  // guarded by mutex_
};

// The same from a seed: equal seeds and clocks give equal ids.
class SeededIds final : public IdSource {
 public:
  SeededIds(const Clock& clock, std::uint64_t seed) : clock_(clock), random_(seed) {}
  Uuid next() override;

 private:
  const Clock& clock_;
  std::mutex mutex_;
  std::mt19937_64 random_;  // guarded by mutex_
};

// Time that only goes forward, for durations and deadlines.
std::chrono::steady_clock::time_point steady_now();

}  // namespace dealog
