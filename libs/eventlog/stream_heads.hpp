// The versions of the streams that were written to last.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "libs/event/position.hpp"
#include "libs/eventlog/append_checks.hpp"

namespace dealog {

// A set-associative cache of fixed size without allocations: a name can lie in one of eight places;
// a new one takes the place that was used longest ago. Thread: committer.
class StreamHeads {
 public:
  // `streams` is rounded up to a multiple of eight; each costs 92 bytes.
  explicit StreamHeads(std::size_t streams)
      : sets_((streams + kWays - 1) / kWays), marks_(sets_ * kWays), entries_(sets_ * kWays) {}

  std::optional<StreamVersion> find(std::string_view stream) {
    const Place place = lookup(stream);
    if (!place.found) return std::nullopt;
    Entry& entry = entries_[place.index];
    entry.used = ++clock_;
    return StreamVersion{entry.version};
  }

  // `stream` has at most limits::kStreamNameBytes.
  void put(std::string_view stream, StreamVersion version) {
    const Place place = lookup(stream);
    Entry& entry = entries_[place.index];
    if (!place.found) {
      marks_[place.index] = place.mark;
      entry.size = static_cast<std::uint8_t>(stream.size());
      std::memcpy(entry.name, stream.data(), stream.size());
    }
    entry.used = ++clock_;
    entry.version = version.value;
  }

 private:
  static constexpr std::size_t kWays = 8;
  struct Entry {
    std::uint64_t used = 0;
    std::uint64_t version = 0;
    std::uint8_t size = 0;
    char name[limits::kStreamNameBytes];
  };
  // Where a name lies, or else where it would go.
  struct Place {
    std::size_t index;
    std::uint32_t mark;
    bool found;
  };

  Place lookup(std::string_view stream) const {
    const std::uint64_t hash = std::hash<std::string_view>{}(stream);
    const auto mark = static_cast<std::uint32_t>(hash >> 32) | 1;  // 0: free
    const std::size_t set = hash % sets_ * kWays;
    for (std::size_t i = set; i < set + kWays; ++i) {
      if (marks_[i] != mark) continue;
      if (std::string_view(entries_[i].name, entries_[i].size) == stream) return {i, mark, true};
    }
    std::size_t oldest = set;
    for (std::size_t i = set + 1; i < set + kWays; ++i) {
      if (entries_[i].used < entries_[oldest].used) oldest = i;
    }
    return {oldest, mark, false};
  }

  std::size_t sets_;
  std::vector<std::uint32_t> marks_;  // of the names in entries_: one cache line a set
  std::vector<Entry> entries_;
  std::uint64_t clock_ = 0;
};

}  // namespace dealog
