// A process that dies at a chosen point: its log takes nothing any more, its channels send nothing.
#pragma once

#include <cstddef>
#include <mutex>

#include "tests/support/forwarding_log.hpp"

namespace dealog::testing {

// Counts the points at which a process may be killed while it is armed, and kills it at one of
// them. Thread: any.
class Fate {
 public:
  // Dies at the point with this number, counted from 1 on.
  void die_at(std::size_t point) {
    const std::scoped_lock lock(mutex_);
    dies_at_ = point;
  }
  // While it is not armed nothing is counted, and nobody dies.
  void arm(bool armed) {
    const std::scoped_lock lock(mutex_);
    armed_ = armed;
  }
  // One more point was reached: whether the process is dead from here on.
  bool reached() {
    const std::scoped_lock lock(mutex_);
    if (armed_ && !dead_ && ++points_ == dies_at_) dead_ = true;
    return dead_;
  }
  bool dead() const {
    const std::scoped_lock lock(mutex_);
    return dead_;
  }
  // The next process; the same point does not come again.
  void revive() {
    const std::scoped_lock lock(mutex_);
    dead_ = false;
  }
  std::size_t points() const {
    const std::scoped_lock lock(mutex_);
    return points_;
  }

 private:
  mutable std::mutex mutex_;
  std::size_t dies_at_ = 0;  // guarded by mutex_, as all below
  std::size_t points_ = 0;
  bool armed_ = false, dead_ = false;
};

// Each append is two points: before it is durable, and after it, before anybody hears of it.
class MortalLog final : public ForwardingLog {
 public:
  MortalLog(EventLog& inner, Fate& fate) : ForwardingLog(inner), fate_(fate) {}

  void append(AppendRequest request, AppendCallback done) override {
    if (fate_.reached()) return done(killed());
    inner_.append(std::move(request), [this, done = std::move(done)](Result<Appended> appended) {
      done(fate_.reached() ? killed() : std::move(appended));
    });
  }

 private:
  static Result<Appended> killed() {
    // Nothing that anybody would wait for, as for a disk that may come back.
    return fail(ErrorKind::kInternal, "killed", "the process was killed");
  }
  Fate& fate_;
};

}  // namespace dealog::testing
