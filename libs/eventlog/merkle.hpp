// The Merkle tree of RFC 6962, section 2.1, over the stored records: leaf n is the record at
// position n + 1. Only the frontier is kept while appending: the roots of the complete subtrees of
// which the tree consists, largest first. Pure. Thread: one per object.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"

namespace dealog::merkle {

using Hash = std::array<std::uint8_t, 32>;

inline std::string_view view(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.data()), hash.size()};
}

// SHA-256(0x00 || record).
Hash leaf_hash(std::string_view record);
// SHA-256(0x01 || left || right).
Hash node_hash(const Hash& left, const Hash& right);

class Frontier {
 public:
  Frontier() = default;
  // Errors: kInternal "frontier_broken" unless there is one 32-byte root for each bit of `leaves`.
  static Result<Frontier> from_roots(std::uint64_t leaves,
                                     const std::vector<std::string_view>& roots);

  void push(const Hash& leaf);
  // Root of the whole tree; of an empty one SHA-256 of nothing.
  Hash root() const;

  std::uint64_t leaves() const { return leaves_; }
  std::size_t root_count() const { return count_; }
  const Hash& root_at(std::size_t index) const { return roots_[index]; }
  bool operator==(const Frontier& other) const;

 private:
  std::uint64_t leaves_ = 0;
  std::size_t count_ = 0;         // number of bits set in leaves_
  std::array<Hash, 64> roots_{};  // the first count_ are in use
};

}  // namespace dealog::merkle
