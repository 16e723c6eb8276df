// The tags that were written lately.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include <boost/unordered/unordered_flat_map.hpp>

#include "libs/event/position.hpp"

namespace dealog {

// Answers from memory that a tag was not written since a position, which is nearly always so:
// whoever asks has looked a moment before. Remembers hashes, so that another tag may only cost a
// look at the disk. When it is full it begins anew. Thread: committer.
class RecentTags {
 public:
  // Knows nothing of what was written up to `head`.
  explicit RecentTags(Position head) : since_(head) {}

  // Certain when true.
  bool not_after(bool personal, std::string_view tag, Position position) const {
    if (position < since_) return false;
    const auto found = last_.find(hash(personal, tag));
    return found == last_.end() || found->second <= position.value;
  }

  // Of an event at `position` that is durable now; no other is at a higher one yet that is known.
  void put(bool personal, std::string_view tag, Position position) {
    last_[hash(personal, tag)] = position.value;
  }
  // After the tags of a group that ended at `head`.
  void forget_if_full(Position head) {
    if (last_.size() < kTags) return;
    last_.clear();
    since_ = head;
  }

 private:
  static constexpr std::size_t kTags = 64 << 10;  // 16 bytes each and as much air

  static std::uint64_t hash(bool personal, std::string_view tag) {
    return std::hash<std::string_view>{}(tag) + (personal ? 1 : 0);
  }

  Position since_;
  boost::unordered_flat_map<std::uint64_t, std::uint64_t> last_;
};

}  // namespace dealog
