#include "libs/projection/rebuilder.hpp"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/view_folder.hpp"
#include "projections/all_projectors.hpp"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog {
namespace {

using dealog::testing::History;

class Rebuild : public ::testing::Test {
 protected:
  Rebuild() {
    for (int i = 0; i < 30; ++i) {
      const auto deal = history_.make_id<DealId>();
      history_.append(deal, dealog::testing::deal_opened("deal " + std::to_string(i)));
      history_.append(deal, dealog::testing::touch("call", "out", "connected", true));
    }
  }
  ~Rebuild() override { std::filesystem::remove_all(folder_); }
  std::vector<std::unique_ptr<Projector>> all() { return all_projectors(history_.keys()); }

  History history_;
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("dealog-rebuild-" + to_hex(random_bytes(8)));
};

// One more of the same kind, as after an upgrade of the program.
class Newer final : public Projector {
 public:
  std::string_view name() const override { return "newer"; }
  std::uint32_t version() const override { return 2; }
  std::string_view prefix() const override { return "n"; }
  void apply(const RecordedEvent&, ViewBatch&) override {}
};

TEST_F(Rebuild, GivesTheSameRowsAsProjectingEventByEvent) {
  MemoryViewStore live, rebuilt;
  for (std::uint64_t p = 1; p <= history_.log().head().value; ++p) {
    ASSERT_TRUE(project_until(history_.log(), Position{p}, all(), live));
  }
  const auto done = rebuild(history_.log(), all(), rebuilt, {.page_events = 7});
  ASSERT_TRUE(done);
  EXPECT_EQ(done->position, history_.log().head());
  EXPECT_TRUE(differences(live, rebuilt, all()).value().empty());
}

TEST_F(Rebuild, NamesTheViewWhoseRowsDiffer) {
  MemoryViewStore left, right;
  ASSERT_TRUE(rebuild(history_.log(), all(), left));
  ASSERT_TRUE(rebuild(history_.log(), all(), right));
  ASSERT_TRUE(right.write({{"drx", "one row too many"}}));
  const auto found = differences(left, right, all()).value();
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].view, "deals");
  EXPECT_EQ(found[0].right.rows, found[0].left.rows + 1);
}

TEST_F(Rebuild, TellsHowFarItIsAndGivesUpWhenAsked) {
  MemoryViewStore store;
  int told = 0;
  const auto done = rebuild(history_.log(), all(), store, {.page_events = 10},
                            [&](const RebuildProgress& progress) {
                              EXPECT_LE(progress.position, progress.head);
                              return ++told < 1;
                            });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, "rebuild_stopped");
  EXPECT_EQ(told, 1);
}

TEST_F(Rebuild, OfAnEmptyLogLeavesAnEmptyStore) {
  History empty;
  MemoryViewStore store;
  const auto done = rebuild(empty.log(), all_projectors(empty.keys()), store);
  ASSERT_TRUE(done);
  EXPECT_EQ(done->position, Position{});
}

TEST_F(Rebuild, PutsTheNewGenerationInForceAndRemovesTheOld) {
  ViewFolder folder(folder_);
  for (const char* expected : {"generation-000001\n", "generation-000002\n"}) {
    {
      const auto store = folder.begin_generation().value();
      ASSERT_TRUE(rebuild(history_.log(), all(), *store));
      ASSERT_TRUE(folder.put_in_force());
    }
    ASSERT_TRUE(folder.remove_old());
    std::ifstream current(folder_ / "CURRENT");
    EXPECT_EQ(std::string(std::istreambuf_iterator<char>(current), {}), expected);
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "generation-000001"));
  const auto opened = folder.open_current(history_.log().log_id(), all()).value();
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->snapshot().value()->position(), history_.log().head());
}

TEST_F(Rebuild, AnUnfinishedGenerationIsNotOpenedAndMakesRoomForTheNext) {
  ViewFolder folder(folder_);
  {
    ASSERT_TRUE(folder.begin_generation());
  }
  EXPECT_EQ(folder.open_current(history_.log().log_id(), all()).value(), nullptr);
  const auto store = folder.begin_generation();
  ASSERT_TRUE(store) << store.error().message;
}

TEST_F(Rebuild, RowsOfOtherProjectorsOrAnotherLogAreNotUsed) {
  ViewFolder folder(folder_);
  {
    const auto store = folder.begin_generation().value();
    ASSERT_TRUE(rebuild(history_.log(), all(), *store));
    ASSERT_TRUE(folder.put_in_force());
  }
  auto newer = all();
  newer.push_back(std::make_unique<Newer>());
  EXPECT_EQ(folder.open_current(history_.log().log_id(), newer).value(), nullptr);
  EXPECT_EQ(folder.open_current(std::string(16, 'x'), all()).value(), nullptr);
  EXPECT_NE(folder.open_current(history_.log().log_id(), all()).value(), nullptr);
}

TEST_F(Rebuild, TheDigestDoesNotDependOnTheOrderOfRows) {
  ViewDigest forward, backward;
  forward.add("a", "1");
  forward.add("b", "2");
  backward.add("b", "2");
  backward.add("a", "1");
  EXPECT_EQ(forward, backward);
  ViewDigest moved;
  moved.add("a", "2");
  moved.add("b", "1");
  EXPECT_NE(forward, moved);
}

}  // namespace
}  // namespace dealog
