// After kill -9 the rows on disk are those of the checkpoint beside them: never a checkpoint ahead
// of its rows, never rows ahead of their checkpoint, and never less than was made durable.
//
// The log is in memory and shared by forking, so that every process sees the same bytes. Whoever
// opens RocksDB is a child: its threads do not survive a fork.
#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/rebuilder.hpp"
#include "libs/projection/rocks_view_store.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/all_projectors.hpp"
#include "tests/support/random_history.hpp"

namespace dealog {
namespace {

using dealog::testing::History;
using dealog::testing::RandomHistory;

// What children tell their parent even when they are killed.
struct Ledger {
  std::atomic<std::uint64_t> durable;  // a position that was promised to survive
};

// A store that somebody could have built instead: rows in one family, the checkpoint in another,
// no log and no atomic flush. The test must notice what is wrong with it.
class SplitStore final : public ViewStore {
 public:
  explicit SplitStore(const std::filesystem::path& folder) {
    storage::DatabaseOptions options;
    options.folder = folder;
    options.families = {{"rows", storage::FamilyProfile::kView},
                        {"checkpoints", storage::FamilyProfile::kView}};
    database_ = storage::Database::open(options).value();
  }
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return database_->get(family(key), key);
  }
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder,
                    const RowVisitor& visit) const override {
    auto it = database_->scan(database_->family("rows"), {std::string(begin), std::string(end)});
    for (; it.valid(); it.next()) {
      if (!visit(it.key(), it.value())) return {};
    }
    return it.status();
  }
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override {
    return fail(ErrorKind::kInternal, "not_needed", "not needed");
  }
  Result<void> write(std::vector<RowWrite> rows) override {
    storage::WriteBatch batch;
    for (const auto& row : rows) {
      if (row.value)
        batch.put(family(row.key), row.key, *row.value);
      else
        batch.erase(family(row.key), row.key);
    }
    return database_->write(batch, storage::Sync::kNo, storage::Wal::kNo);
  }
  Result<void> make_durable() override { return database_->flush_all(); }
  Result<void> purge_deleted(std::string_view) override { return {}; }
  storage::Database& database() { return *database_; }

 private:
  storage::Family family(std::string_view key) const {
    return database_->family(key == row_keys::kCheckpoint ? "checkpoints" : "rows");
  }
  std::unique_ptr<storage::Database> database_;
};

struct OneFamily {
  static std::unique_ptr<RocksViewStore> open(const std::filesystem::path& folder) {
    return RocksViewStore::open({.folder = folder}).value();
  }
};
struct TwoFamilies {
  static std::unique_ptr<SplitStore> open(const std::filesystem::path& folder) {
    return std::make_unique<SplitStore>(folder);
  }
};

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  std::abort();
}

class ProjectionCrash : public ::testing::Test {
 protected:
  static constexpr int kEvents = 3'000;
  static constexpr int kRounds = 20;

  ProjectionCrash() {
    void* shared =
        ::mmap(nullptr, sizeof(Ledger), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    ledger_ = new (shared) Ledger();
    RandomHistory random(history_, 7);
    for (int i = 0; i < kEvents; ++i) random.step();
  }
  ~ProjectionCrash() override {
    ::munmap(ledger_, sizeof(Ledger));
    std::filesystem::remove_all(folder_);
  }

  // Runs `work` in a child and answers how it ended, as waitpid tells it.
  template <class Work>
  static int in_child(const Work& work) {
    const pid_t child = ::fork();
    if (child == 0) {
      work();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  // Projects on from the checkpoint; pages, flushes of single families and the moment of death
  // follow from the seed.
  template <class Kind>
  void project_until_killed(std::uint64_t seed) {
    std::mt19937_64 random(seed);
    const auto store = Kind::open(folder_);
    PageProjector pages(*store, all_projectors(history_.keys()), history_.log().log_id());
    if (!pages.load_checkpoint()) ::_exit(3);
    const auto names = store->database().family_names();
    for (auto steps = 1 + random() % 30; steps > 0; --steps) {
      const auto read = history_.log().read(
          pages.checkpoint().position.next(), Direction::kForward, 1 + random() % 200,
          [&](const StoredEvent& event) { return pages.apply(event).has_value(); });
      if (!read || !pages.write_page()) ::_exit(3);
      if (random() % 3 == 0) {
        const auto& name = names[random() % names.size()];
        if (!store->database().flush(store->database().family(name))) ::_exit(3);
      }
      if (random() % 10 == 0) {
        if (!store->make_durable()) ::_exit(3);
        ledger_->durable = pages.checkpoint().position.value;
      }
    }
    die();
  }

  // Exit code 0: the rows are those of the checkpoint.
  template <class Kind>
  void compare() {
    const auto store = Kind::open(folder_);
    const auto checkpoint = read_checkpoint(*store);
    if (!checkpoint) ::_exit(3);
    const Position position{*checkpoint ? (*checkpoint)->position() : 0};
    if (position.value < ledger_->durable) ::_exit(1);
    MemoryViewStore expected;
    const auto projectors = [&] { return all_projectors(history_.keys()); };
    if (!project_until(history_.log(), position, projectors(), expected)) ::_exit(3);
    const auto found = differences(expected, *store, projectors());
    if (!found) ::_exit(3);
    ::_exit(found->empty() ? 0 : 2);
  }

  // Stops counting at the first: one is enough either way.
  template <class Kind>
  int rounds_that_disagree() {
    int disagreed = 0;
    for (std::uint64_t seed = 1; seed <= kRounds && disagreed == 0; ++seed) {
      const int killed = in_child([&] { project_until_killed<Kind>(seed); });
      EXPECT_TRUE(WIFSIGNALED(killed) && WTERMSIG(killed) == SIGKILL) << "seed " << seed;
      const int compared = in_child([&] { compare<Kind>(); });
      EXPECT_TRUE(WIFEXITED(compared)) << "seed " << seed;
      EXPECT_NE(WEXITSTATUS(compared), 3) << "seed " << seed;
      if (WEXITSTATUS(compared) != 0) ++disagreed;
      if (seed % 5 == 0) {  // and from an empty folder again
        std::filesystem::remove_all(folder_);
        ledger_->durable = 0;
      }
    }
    return disagreed;
  }

  History history_{7};
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("dealog-views-crash-" + to_hex(random_bytes(8)));
  Ledger* ledger_ = nullptr;
};

TEST_F(ProjectionCrash, RowsAndTheirCheckpointAgreeAfterEveryKill) {
  EXPECT_EQ(rounds_that_disagree<OneFamily>(), 0);
}

// Without this the test above would prove nothing.
TEST_F(ProjectionCrash, TheTestNoticesACheckpointInAFamilyOfItsOwn) {
  EXPECT_GT(rounds_that_disagree<TwoFamilies>(), 0);
}

}  // namespace
}  // namespace dealog
