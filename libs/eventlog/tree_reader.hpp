// Roots and proofs of any size of the log's tree, out of the commit rows: a row keeps the leaves of
// its group and the frontier behind it. A node that is a left child stands in the frontier of every
// row that ends before its right sibling is complete; a right child is put together from its left
// half, which is such a node, and its right half. So a proof costs at most log²(events) / 2 seeks,
// a few hundred on ten million events, and no row more is written for it.
#pragma once

#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/merkle_proof.hpp"

namespace dealog {

// Sees the log as it was when this was made. Must go before its tables. Thread: one.
//
// No size may be greater than the head was then. Errors: kInternal "commit_broken" for a damaged
// row, "log_gap" for one that is missing; those of storage.
class TreeReader {
 public:
  explicit TreeReader(const LogTables& tables);

  Result<merkle::Hash> root(std::uint64_t size);
  Result<std::vector<merkle::Hash>> inclusion(Position position, std::uint64_t size);
  Result<std::vector<merkle::Hash>> consistency(std::uint64_t from, std::uint64_t to);
  // The leaf as the commit row has it.
  Result<merkle::Hash> leaf(Position position);

 private:
  Result<merkle::Hash> node(unsigned level, std::uint64_t index);
  // Makes row_ the one that holds the position.
  Result<void> find_row(std::uint64_t position);
  merkle::NodeSource source();

  storage::Iterator rows_;
  std::optional<CommitEntry> row_;  // the last one looked at
};

}  // namespace dealog
