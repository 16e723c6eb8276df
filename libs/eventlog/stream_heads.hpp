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
  // `streams` is rounded up to a multiple of eight; each costs 88 bytes.
  explicit StreamHeads(std::size_t streams)
      : sets_((streams + kWays - 1) / kWays), entries_(sets_ * kWays) {}

  std::optional<StreamVersion> find(std::string_view stream) {
    if (Entry* entry = lookup(stream)) {
      entry->used = ++clock_;
      return StreamVersion{entry->version};
    }
    return std::nullopt;
  }

  // `stream` has at most limits::kStreamNameBytes.
  void put(std::string_view stream, StreamVersion version) {
    Entry* entry = lookup(stream);
    if (entry == nullptr) {
      Entry* const set = set_of(stream);
      entry = set;
      for (std::size_t i = 1; i < kWays; ++i) {
        if (set[i].used < entry->used) entry = &set[i];
      }
      entry->size = static_cast<std::uint8_t>(stream.size());
      std::memcpy(entry->name, stream.data(), stream.size());
    }
    entry->used = ++clock_;
    entry->version = version.value;
  }

 private:
  static constexpr std::size_t kWays = 8;
  struct Entry {
    std::uint64_t used = 0;
    std::uint64_t version = 0;
    std::uint8_t size = 0;  // 0: free
    char name[limits::kStreamNameBytes];
  };

  Entry* set_of(std::string_view stream) {
    return &entries_[std::hash<std::string_view>{}(stream) % sets_ * kWays];
  }
  Entry* lookup(std::string_view stream) {
    Entry* const set = set_of(stream);
    for (std::size_t i = 0; i < kWays; ++i) {
      if (std::string_view(set[i].name, set[i].size) == stream) return &set[i];
    }
    return nullptr;
  }

  std::size_t sets_;
  std::vector<Entry> entries_;
  std::uint64_t clock_ = 0;
};

}  // namespace dealog
