// Proofs over the tree of RFC 6962, section 2.1: that a leaf is in a tree of a size (2.1.1), and
// that a smaller tree is the beginning of a larger one (2.1.2). Pure: where nodes come from is the
// caller's business. Thread: any.
#pragma once

#include <functional>
#include <vector>

#include "libs/eventlog/merkle.hpp"

namespace dealog::merkle {

// The root of the complete subtree over leaves [index << level, (index + 1) << level).
using NodeSource = std::function<Result<Hash>(unsigned level, std::uint64_t index)>;

// Every leaf of the trees asked about must be known to `nodes`; its errors are passed on.

// Root of the first `size` leaves.
Result<Hash> root_of(const NodeSource& nodes, std::uint64_t size);
// PATH(leaf, D[size]), from the leaf up. leaf < size.
Result<std::vector<Hash>> inclusion_proof(const NodeSource& nodes, std::uint64_t leaf,
                                          std::uint64_t size);
// PROOF(from, D[to]); empty when from is 0 or equal to `to`. from ≤ to.
Result<std::vector<Hash>> consistency_proof(const NodeSource& nodes, std::uint64_t from,
                                            std::uint64_t to);

}  // namespace dealog::merkle
