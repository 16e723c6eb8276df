#include "libs/base/clock.hpp"

#include <cstring>

#include "libs/base/crypto.hpp"

namespace dealog {
namespace {

constexpr std::size_t kPoolBytes = 4096;

// Lays out RFC 9562 version 7: 48 bits of milliseconds, 12 bits `high`, 62 bits of `random`.
Uuid layout(std::uint64_t ms, std::uint16_t high, std::uint64_t random) {
  Uuid uuid;
  for (int i = 0; i < 6; ++i) uuid.bytes[i] = static_cast<std::uint8_t>(ms >> (40 - 8 * i));
  uuid.bytes[6] = static_cast<std::uint8_t>(0x70 | (high >> 8 & 0x0f));
  uuid.bytes[7] = static_cast<std::uint8_t>(high);
  std::memcpy(uuid.bytes.data() + 8, &random, 8);
  uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
  return uuid;
}

std::uint64_t milliseconds(const Clock& clock) {
  return static_cast<std::uint64_t>(clock.now().us / 1000);
}

}  // namespace

Timestamp SystemClock::now() const {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since).count()};
}

Uuid SystemIds::next() {
  const std::lock_guard lock(mutex_);
  if (pool_.size() < 8) pool_ = random_bytes(kPoolBytes);
  std::uint64_t random;
  std::memcpy(&random, pool_.data() + pool_.size() - 8, 8);
  pool_.resize(pool_.size() - 8);
  const std::uint64_t now = milliseconds(clock_);
  if (now > last_ms_) {
    last_ms_ = now;
    counter_ = 0;
  } else if (++counter_ > 0x0fff) {
    ++last_ms_;  // the counter of this millisecond is used up: borrow the next one
    counter_ = 0;
  }
  return layout(last_ms_, counter_, random);
}

Uuid SeededIds::next() {
  const std::lock_guard lock(mutex_);
  const auto high = static_cast<std::uint16_t>(random_());
  return layout(milliseconds(clock_), high, random_());
}

std::chrono::steady_clock::time_point steady_now() { return std::chrono::steady_clock::now(); }

}  // namespace dealog
