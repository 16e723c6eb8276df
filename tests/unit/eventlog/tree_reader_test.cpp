// Proofs out of the commit rows, checked by the algorithms of RFC 9162 and against a tree of our
// own over the same leaves.
#include "libs/eventlog/tree_reader.hpp"

#include <random>

#include <gtest/gtest.h>

#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

std::string text(const merkle::Hash& hash) { return std::string(merkle::view(hash)); }

std::vector<std::string> texts(const std::vector<merkle::Hash>& hashes) {
  std::vector<std::string> out;
  for (const auto& hash : hashes) out.push_back(text(hash));
  return out;
}

class Trees : public ::testing::TestWithParam<std::size_t> {
 protected:
  // Groups of one to `most` events.
  void write(std::uint64_t events, std::size_t most) {
    log_ = RocksLog::open({.folder = folder_.path() / "log", .clock = &clock_}).value();
    std::mt19937 random(static_cast<unsigned>(most));
    while (log_->head().value < events) {
      const auto left = events - log_->head().value;
      std::vector<EventSketch> group(std::min<std::uint64_t>(1 + random() % most, left));
      for (auto& sketch : group) sketch = {.stream = "d", .id = ++id_};
      ASSERT_TRUE(log_->append_and_wait(append_of(group)).has_value());
    }
    merkle::Frontier frontier;
    roots_.push_back(text(frontier.root()));
    std::vector<ReadBack> records;
    ASSERT_TRUE(log_->read({}, Direction::kForward, SIZE_MAX, into(records)).has_value());
    for (const auto& record : records) {
      leaves_.push_back(checker::leaf_hash(record.bytes));
      frontier.push(merkle::leaf_hash(record.bytes));
      roots_.push_back(text(frontier.root()));
    }
  }

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  std::unique_ptr<RocksLog> log_;
  std::uint64_t id_ = 0;
  std::vector<std::string> leaves_;
  std::vector<std::string> roots_;  // [size]
};

TEST_P(Trees, ProveEveryLeafInEverySizeAndEverySizeInEveryOther) {
  constexpr std::uint64_t kEvents = 70;
  write(kEvents, GetParam());
  auto tree = log_->tree();
  for (std::uint64_t size = 0; size <= kEvents; ++size) {
    ASSERT_EQ(text(tree.root(size).value()), roots_[size]) << size;
    for (std::uint64_t position = 1; position <= size; ++position) {
      const auto path = texts(tree.inclusion({position}, size).value());
      ASSERT_TRUE(
          checker::inclusion_holds(leaves_[position - 1], position - 1, size, path, roots_[size]))
          << position << " in " << size;
      ASSERT_FALSE(checker::inclusion_holds(leaves_[position % size], position - 1, size, path,
                                            roots_[size]) &&
                   size > 1);
    }
    for (std::uint64_t from = 0; from <= size; ++from) {
      const auto proof = texts(tree.consistency(from, size).value());
      ASSERT_TRUE(checker::consistency_holds(from, size, proof, roots_[from], roots_[size]))
          << from << " in " << size;
      if (from == 0 || from == size) continue;
      ASSERT_FALSE(checker::consistency_holds(from, size, proof, roots_[from - 1], roots_[size]));
    }
  }
}

TEST_P(Trees, ProveSomeOfAThousand) {
  constexpr std::uint64_t kEvents = 1500;
  write(kEvents, GetParam());
  auto tree = log_->tree();
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    const std::uint64_t size = 1 + random() % kEvents;
    const std::uint64_t position = 1 + random() % size;
    EXPECT_EQ(text(tree.leaf({position}).value()), leaves_[position - 1]);
    ASSERT_TRUE(checker::inclusion_holds(leaves_[position - 1], position - 1, size,
                                         texts(tree.inclusion({position}, size).value()),
                                         roots_[size]));
    ASSERT_TRUE(checker::consistency_holds(position, size,
                                           texts(tree.consistency(position, size).value()),
                                           roots_[position], roots_[size]));
  }
}

INSTANTIATE_TEST_SUITE_P(GroupsOfUpTo, Trees, ::testing::Values(1, 3, 40, 1000));

TEST(TreeReaderTest, NamesTheCommitRowThatIsMissing) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  auto log = RocksLog::open({.folder = folder.path() / "log", .clock = &clock}).value();
  for (std::uint64_t i = 1; i <= 8; ++i) {
    ASSERT_TRUE(log->append_and_wait(append_of({{.stream = "d", .id = i}})).has_value());
  }
  log.reset();
  const auto tables = LogTables::open({.folder = folder.path() / "log"}).value();
  storage::WriteBatch batch;
  batch.erase(tables.commits, storage::KeyWriter().u64(3).view());
  ASSERT_TRUE(tables.db().write(batch, storage::Sync::kNo).has_value());
  const auto proof = TreeReader(tables).inclusion({4}, 8);
  ASSERT_FALSE(proof.has_value());
  EXPECT_EQ(proof.error().code, "log_gap");
  EXPECT_NE(proof.error().message.find("position 3"), std::string::npos) << proof.error().message;
}

}  // namespace
}  // namespace dealog::testing
