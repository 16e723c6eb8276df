#include "libs/projection/projection_runner.hpp"

#include <gtest/gtest.h>

#include "libs/projection/memory_view_store.hpp"
#include "projections/all_projectors.hpp"
#include "projections/deals/deals_view.hpp"
#include "tests/support/history.hpp"
#include "tests/support/sample_events.hpp"

namespace dealog {
namespace {

using namespace std::chrono_literals;
using dealog::testing::History;

class Runner : public ::testing::Test {
 protected:
  std::unique_ptr<ProjectionRunner> make(ViewStore& store, RunnerOptions options = {}) {
    return std::make_unique<ProjectionRunner>(history_.log(), store,
                                              all_projectors(history_.keys()), options);
  }
  Position touch() {
    return history_.append(deal_, dealog::testing::touch("call", "out", "connected"));
  }
  std::uint32_t touches(ViewStore& store) {
    const auto snapshot = store.snapshot().value();
    const ViewContext context{*snapshot, history_.keys(), PersonalView::kShown, {}};
    return views::DealsView(context).get(deal_).value()->touches;
  }

  History history_;
  std::string deal_ = history_.make_id<DealId>();
  MemoryViewStore store_;
};

// A store that can be told to fail, and that counts how often it was made durable.
class Moody final : public ViewStore {
 public:
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return rows_.get(key);
  }
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override {
    return rows_.scan(begin, end, order, visit);
  }
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override { return rows_.snapshot(); }
  Result<void> write(std::vector<RowWrite> rows) override {
    if (failing) return fail(ErrorKind::kInternal, "storage_full", "no space");
    return rows_.write(std::move(rows));
  }
  Result<void> make_durable() override {
    ++durable;
    return {};
  }
  Result<void> purge_deleted(std::string_view) override {
    ++purged;
    return {};
  }

  std::atomic<int> purged = 0;
  std::atomic<bool> failing = false;
  std::atomic<int> durable = 0;

 private:
  MemoryViewStore rows_;
};

TEST_F(Runner, ShowsWhatWasWrittenOnceItsPositionIsReached) {
  history_.append(deal_, dealog::testing::deal_opened("a site"));
  const auto runner = make(store_);
  ASSERT_TRUE(runner->start());
  for (int i = 1; i <= 50; ++i) {
    ASSERT_TRUE(runner->wait_for(touch(), 5s));
    EXPECT_EQ(touches(store_), static_cast<std::uint32_t>(i));
  }
  EXPECT_EQ(runner->lag(history_.log().head_time()).events, 0u);
}

TEST_F(Runner, DoesNotWaitLongerThanAskedForWhatIsNotThere) {
  const auto runner = make(store_);
  ASSERT_TRUE(runner->start());
  EXPECT_FALSE(runner->wait_for(Position{1}, 20ms));
}

TEST_F(Runner, GathersEventsForAPageUntilSomebodyWaitsForThem) {
  const auto runner = make(store_, {.gathering = 1h});
  const auto reaches = [&](Position position) {
    for (int i = 0; i < 500 && runner->position() < position; ++i) {
      std::this_thread::sleep_for(10ms);
    }
    return runner->position() >= position;
  };
  ASSERT_TRUE(runner->start());
  EXPECT_TRUE(reaches(history_.append(deal_, dealog::testing::deal_opened("a site"))))
      << "the first page waits for nobody";
  touch();
  const Position second = touch();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(runner->position(), Position{1});
  runner->hurry();
  EXPECT_TRUE(reaches(second));
  EXPECT_TRUE(runner->wait_for(touch(), 5s));
}

TEST_F(Runner, DoesNotGatherWhileWholePagesWait) {
  for (int i = 0; i < 100; ++i) {
    history_.append(history_.make_id<DealId>(), dealog::testing::deal_opened("x"));
  }
  const auto runner = make(store_, {.page_events = 10, .gathering = 1h});
  ASSERT_TRUE(runner->start());
  for (int i = 0; i < 500 && runner->position() < Position{100}; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(runner->position(), Position{100});
}

TEST_F(Runner, GoesOnWhereItStopped) {
  history_.append(deal_, dealog::testing::deal_opened("a site"));
  for (int round = 1; round <= 5; ++round) {
    const auto runner = make(store_);
    ASSERT_TRUE(runner->start());
    ASSERT_TRUE(runner->wait_for(touch(), 5s));
    EXPECT_EQ(touches(store_), static_cast<std::uint32_t>(round));
    runner->stop();
    EXPECT_EQ(runner->durable_position(), history_.log().head());
  }
}

TEST_F(Runner, StartsAgainAtTheCheckpointAndNotBefore) {
  history_.append(deal_, dealog::testing::deal_opened("a site"));
  const auto runner = make(store_, {.page_events = 1});
  ASSERT_TRUE(runner->start());
  ASSERT_TRUE(runner->wait_for(touch(), 5s));
  runner->stop();
  const auto again = make(store_);
  ASSERT_TRUE(again->start());
  EXPECT_EQ(again->position(), history_.log().head());
}

TEST_F(Runner, RefusesRowsThatKnowMoreThanTheLog) {
  History other;
  ASSERT_TRUE(project_until(other.log(), Position{}, all_projectors(other.keys()), store_));
  for (int i = 0; i < 3; ++i) other.append(deal_, dealog::testing::deal_opened("a site"));
  ASSERT_TRUE(project_until(other.log(), Position{3}, all_projectors(other.keys()), store_));
  const auto started = make(store_)->start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "views_ahead_of_log");
}

TEST_F(Runner, StopsAndSaysWhyWhenRowsCannotBeWritten) {
  Moody moody;
  moody.failing = true;
  const auto runner = make(moody);
  ASSERT_TRUE(runner->start());
  EXPECT_FALSE(runner->wait_for(history_.append(deal_, dealog::testing::deal_opened("x")), 5s));
  ASSERT_TRUE(runner->failure());
  EXPECT_EQ(runner->failure()->code, "storage_full");
  const Timestamp recorded = history_.log().head_time();
  const auto lag = runner->lag(recorded + std::chrono::seconds(90));
  EXPECT_EQ(lag.events, 1u);
  EXPECT_EQ(lag.seconds, 90);
}

TEST_F(Runner, MakesTheCheckpointDurableAfterSoManyEvents) {
  Moody moody;
  const auto runner = make(moody, {.page_events = 10, .durable_events = 20, .durable_age = 1h});
  for (int i = 0; i < 100; ++i) {
    history_.append(history_.make_id<DealId>(), dealog::testing::deal_opened("x"));
  }
  ASSERT_TRUE(runner->start());
  ASSERT_TRUE(runner->wait_for(Position{100}, 5s));
  runner->stop();
  EXPECT_EQ(moody.durable, 5);
}

TEST_F(Runner, RewritesTheRangesOfErasedTokensOnceForManyErasures) {
  Moody moody;
  const auto runner = make(moody, {.durable_age = 1h});
  ASSERT_TRUE(runner->start());
  Position last;
  for (int i = 0; i < 20; ++i) {
    const auto person = history_.make_id<PersonId>();
    history_.append(person, dealog::testing::person_registered("Anna", "+79165550177"));
    last = history_.append(person, v1::PersonErased());
  }
  ASSERT_TRUE(runner->wait_for(last, 5s));
  EXPECT_EQ(moody.purged, 0);
  runner->stop();
  EXPECT_EQ(moody.purged, 2);  // tokens, and lists of tokens
}

TEST_F(Runner, MakesTheCheckpointDurableAfterSomeTimeWithoutNews) {
  Moody moody;
  const auto runner = make(moody, {.durable_age = 20ms});
  ASSERT_TRUE(runner->start());
  const Position last = history_.append(deal_, dealog::testing::deal_opened("x"));
  ASSERT_TRUE(runner->wait_for(last, 5s));
  for (int i = 0; i < 500 && runner->durable_position() < last; ++i) {
    std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(runner->durable_position(), last);
}

}  // namespace
}  // namespace dealog
