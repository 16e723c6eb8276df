#include "libs/eventlog/tree_reader.hpp"

#include <bit>
#include <cstring>

#include "libs/base/assert.hpp"
#include "libs/eventlog/append_checks.hpp"

namespace dealog {
namespace {

using merkle::Hash;

// The root over the leaves of positions [first, last] of a row.
Hash fold_leaves(const CommitEntry& row, std::uint64_t first, std::uint64_t last) {
  merkle::Frontier frontier;
  for (std::uint64_t position = first; position <= last; ++position) {
    Hash leaf;
    std::memcpy(leaf.data(), row.leaf_hashes.data() + (position - row.first.value) * sizeof(Hash),
                sizeof(Hash));
    frontier.push(leaf);
  }
  return frontier.root();
}

}  // namespace

TreeReader::TreeReader(const LogTables& tables) : rows_(tables.db().scan(tables.commits, {})) {}

merkle::NodeSource TreeReader::source() {
  return [this](unsigned level, std::uint64_t index) { return node(level, index); };
}

Result<Hash> TreeReader::root(std::uint64_t size) { return merkle::root_of(source(), size); }

Result<std::vector<Hash>> TreeReader::inclusion(Position position, std::uint64_t size) {
  DEALOG_ASSERT(position.value >= 1 && position.value <= size);
  return merkle::inclusion_proof(source(), position.value - 1, size);
}

Result<std::vector<Hash>> TreeReader::consistency(std::uint64_t from, std::uint64_t to) {
  return merkle::consistency_proof(source(), from, to);
}

Result<Hash> TreeReader::leaf(Position position) { return node(0, position.value - 1); }

Result<void> TreeReader::find_row(std::uint64_t position) {
  if (row_ && row_->first.value <= position && position <= row_->last.value) return {};
  row_.reset();
  storage::KeyWriter key;
  rows_.seek(position_key(key, {position}));
  TRY(rows_.status());
  if (!rows_.valid()) return log_gap({position});
  row_ = TRY(parse_commit(rows_.key(), rows_.value()));
  if (row_->first.value > position) return log_gap({position});
  return {};
}

Result<Hash> TreeReader::node(unsigned level, std::uint64_t index) {
  const std::uint64_t first = (index << level) + 1;
  const std::uint64_t last = (index + 1) << level;
  TRY(find_row(last));
  if (row_->first.value <= first) return fold_leaves(*row_, first, last);
  const bool is_left = index % 2 == 0;
  // As a left child it stands in the frontier until its sibling is complete.
  const std::uint64_t joined_at = (index + 2) << level;
  if (is_left && row_->last.value < joined_at) {
    const auto size = row_->last.value;
    return row_->frontier.root_at(static_cast<std::size_t>(std::popcount(size >> (level + 1))));
  }
  const Hash left = TRY(node(level - 1, index * 2));
  const Hash right = TRY(node(level - 1, index * 2 + 1));
  return merkle::node_hash(left, right);
}

}  // namespace dealog
