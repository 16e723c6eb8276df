// Clients race; whatever each of them was told, one order explains all of it.
#include <iostream>

#include <gtest/gtest.h>

#include "tests/support/racing_clients.hpp"
#include "tests/support/soak.hpp"

namespace dealog::testing {
namespace {

constexpr int kClients = 6;
constexpr int kSteps = 150;

template <class Store>
class History : public ::testing::Test {};
using Stores = ::testing::Types<InMemoryStore, RocksStore>;
TYPED_TEST_SUITE(History, Stores);

TYPED_TEST(History, OfRacingClientsIsExplainedByOneOrder) {
  const auto seed = soak_seed();
  const auto runs = soak_number("DEALOG_HISTORIES", 6);
  for (std::uint64_t run = 0; run < runs; ++run) {
    SystemClock clock;
    TypeParam store(clock);
    const auto found = race_and_check(store.log(), seed + run * 100, kClients, kSteps);
    ASSERT_TRUE(found.empty()) << "DEALOG_SEED=" << seed << ", run " << run << joined(found);
  }
}

// The checker itself: histories that no order explains.
class HistoryChecker : public ::testing::Test {
 protected:
  SystemClock clock_;
  InMemoryLog log_{clock_};
  InMemoryLog elsewhere_{clock_};
  LogHistory history_;
};

TEST_F(HistoryChecker, NoticesAnAcknowledgedAppendThatIsNotThere) {
  ASSERT_TRUE(history_.append(elsewhere_, append_of({{.stream = "d", .id = 1}})).has_value());
  EXPECT_FALSE(history_.findings(log_).empty());
}

TEST_F(HistoryChecker, NoticesAConflictWithoutAReason) {
  ASSERT_TRUE(elsewhere_.append_and_wait(append_of({{.stream = "d", .id = 1}})).has_value());
  EXPECT_FALSE(
      history_.append(elsewhere_, append_of({{.stream = "d", .id = 2}}, {StreamAt{"d", {0}}}))
          .has_value());
  EXPECT_FALSE(history_.findings(log_).empty());
}

TEST_F(HistoryChecker, NoticesAnEventThatNobodySent) {
  ASSERT_TRUE(log_.append_and_wait(append_of({{.stream = "d", .id = 1}})).has_value());
  EXPECT_FALSE(history_.findings(log_).empty());
}

TEST_F(HistoryChecker, NoticesAReadThatIsBehind) {
  ASSERT_TRUE(history_.append(log_, append_of({{.stream = "d", .id = 1}})).has_value());
  history_.read_stream(elsewhere_, "d");
  EXPECT_FALSE(history_.findings(log_).empty());
}

TEST_F(HistoryChecker, NoticesAnOrderOtherThanThatOfTheAnswers) {
  ASSERT_TRUE(history_.append(log_, append_of({{.stream = "d", .id = 1}})).has_value());
  ASSERT_TRUE(history_.append(log_, append_of({{.stream = "d", .id = 2}})).has_value());
  ASSERT_TRUE(history_.findings(log_).empty());
  for (const std::uint64_t id : {2, 1}) {
    ASSERT_TRUE(elsewhere_.append_and_wait(append_of({{.stream = "d", .id = id}})).has_value());
  }
  EXPECT_FALSE(history_.findings(elsewhere_).empty());
}

}  // namespace
}  // namespace dealog::testing
