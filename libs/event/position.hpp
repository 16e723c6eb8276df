// Places in the log and in a stream.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace dealog {

// Place in the log: 1, 2, 3 … without a gap. 0 is "before the first".
struct Position {
  std::uint64_t value = 0;
  auto operator<=>(const Position&) const = default;
  Position next() const { return {value + 1}; }
};

// Place in a stream: 1, 2, 3 … without a gap. 0 is "no such stream yet".
struct StreamVersion {
  std::uint64_t value = 0;
  auto operator<=>(const StreamVersion&) const = default;
  StreamVersion next() const { return {value + 1}; }
};

// The id of the thing whose facts it holds: "deal_0190…", "pip_web-studio". At most 64 bytes of
// [a-z0-9_-].
using StreamName = std::string;

}  // namespace dealog
