#include "libs/eventlog/merkle_proof.hpp"

#include <algorithm>
#include <bit>

#include "libs/base/assert.hpp"

namespace dealog::merkle {
namespace {

// Leaves [from, to), where `from` is a multiple of the smallest power of two that is ≥ to - from.
struct Range {
  std::uint64_t from;
  std::uint64_t to;

  std::uint64_t size() const { return to - from; }
  // "The largest power of two smaller than n": where the range divides.
  std::uint64_t middle() const { return from + std::bit_floor(size() - 1); }
};

Result<Hash> hash_of(const NodeSource& nodes, Range range) {
  if (std::has_single_bit(range.size())) {
    const auto level = static_cast<unsigned>(std::countr_zero(range.size()));
    return nodes(level, range.from >> level);
  }
  const Hash left = TRY(hash_of(nodes, {range.from, range.middle()}));
  const Hash right = TRY(hash_of(nodes, {range.middle(), range.to}));
  return node_hash(left, right);
}

}  // namespace

Result<Hash> root_of(const NodeSource& nodes, std::uint64_t size) {
  if (size == 0) return Frontier().root();
  return hash_of(nodes, {0, size});
}

Result<std::vector<Hash>> inclusion_proof(const NodeSource& nodes, std::uint64_t leaf,
                                          std::uint64_t size) {
  DEALOG_ASSERT(leaf < size);
  std::vector<Hash> path;
  for (Range range{0, size}; range.size() > 1;) {
    const auto middle = range.middle();
    const Range left{range.from, middle};
    const Range right{middle, range.to};
    path.push_back(TRY(hash_of(nodes, leaf < middle ? right : left)));
    range = leaf < middle ? left : right;
  }
  std::ranges::reverse(path);
  return path;
}

Result<std::vector<Hash>> consistency_proof(const NodeSource& nodes, std::uint64_t from,
                                            std::uint64_t to) {
  DEALOG_ASSERT(from <= to);
  std::vector<Hash> proof;
  if (from == 0 || from == to) return proof;
  // SUBPROOF: whoever checks knows the old root, so it need not be among the hashes; the part of
  // the old tree at hand is the old root until the walk has once gone to the right.
  bool is_old_root = true;
  Range range{0, to};
  while (range.to != from) {
    const auto middle = range.middle();
    if (from <= middle) {
      proof.push_back(TRY(hash_of(nodes, {middle, range.to})));
      range.to = middle;
    } else {
      proof.push_back(TRY(hash_of(nodes, {range.from, middle})));
      range.from = middle;
      is_old_root = false;
    }
  }
  if (!is_old_root) proof.push_back(TRY(hash_of(nodes, range)));
  std::ranges::reverse(proof);
  return proof;
}

}  // namespace dealog::merkle
