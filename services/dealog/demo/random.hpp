// Draws that are the same on every machine: the distributions of the standard library differ from
// one to the next.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iterator>

#include "libs/base/assert.hpp"

namespace dealog::demo {

// SplitMix64 (Steele, Lea, Flood 2014). Thread: one at a time.
class Random {
 public:
  // Streams of one seed are independent of each other: each deal has its own, so that drawing more
  // for one changes no other.
  Random(std::uint64_t seed, std::uint64_t stream) : state_(seed * 0x9e3779b97f4a7c15 + stream) {
    state_ = next() ^ (stream * 0xd1342543de82ef95);
  }

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // Both ends included.
  std::int64_t between(std::int64_t low, std::int64_t high) {
    DEALOG_ASSERT(low <= high);
    return low + static_cast<std::int64_t>(next() % static_cast<std::uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }
  // One of a list that is not empty.
  template <class List>
  const auto& pick(const List& list) {
    return std::data(list)[static_cast<std::size_t>(next() % std::size(list))];
  }
  // The place of one of the weights, as often as it weighs.
  std::size_t weighted(std::initializer_list<int> weights) {
    std::int64_t sum = 0;
    for (const int weight : weights) sum += weight;
    std::int64_t left = between(1, sum);
    std::size_t place = 0;
    for (const int weight : weights) {
      if ((left -= weight) <= 0) return place;
      ++place;
    }
    return 0;
  }

 private:
  std::uint64_t state_;
};

}  // namespace dealog::demo
