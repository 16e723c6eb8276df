#include "libs/command/fold_cache.hpp"

#include "dealog/v1/party_events.pb.h"
#include "libs/domain/person/person.hpp"
#include "tests/unit/domain/aggregate_story.hpp"

namespace dealog {
namespace {

using testing::read_back;
using PersonFold = FoldOf<person::State>;

RecordedEvent named(std::uint64_t version, std::string name) {
  v1::PersonDetailsChanged event;
  event.set_name(std::move(name));
  return read_back(make_event(std::move(event)), {version});
}
FoldRef folded_to(std::uint64_t version) {
  auto fold = PersonFold::make();
  for (std::uint64_t v = 1; v <= version; ++v) fold->apply(named(v, "v" + std::to_string(v)));
  return FoldRef(std::move(fold));
}
void read_and_put(FoldCache& cache, std::string_view stream, std::uint64_t version) {
  ASSERT_TRUE(cache.find(stream).stale);
  cache.put(stream, folded_to(version));
}

TEST(FoldCache, KeepsWhatWasPutAndAdvancesIt) {
  FoldCache cache;
  read_and_put(cache, "per_1", 1);
  const auto event = named(2, "Anna");
  cache.advance("per_1", {&event, 1}, {});
  const auto found = cache.find("per_1");
  EXPECT_FALSE(found.stale);
  EXPECT_EQ(found.fold->version(), StreamVersion{2});
  EXPECT_EQ(found.fold.as<person::State>().name, "Anna");
}

TEST(FoldCache, NeverChangesAStateThatSomebodyReads) {
  FoldCache cache;
  read_and_put(cache, "per_1", 1);
  const auto held = cache.find("per_1");
  const auto event = named(2, "Anna");
  cache.advance("per_1", {&event, 1}, {});
  EXPECT_EQ(held.fold.as<person::State>().name, "v1");
  EXPECT_EQ(held.fold->version(), StreamVersion{1});
  EXPECT_EQ(cache.find("per_1").fold.as<person::State>().name, "Anna");
}

TEST(FoldCache, ANewStreamIsKeptFromItsFirstEvent) {
  FoldCache cache;
  const auto event = named(1, "Anna");
  cache.advance("per_1", {&event, 1}, FoldRef(PersonFold::make()));
  EXPECT_EQ(cache.find("per_1").fold.as<person::State>().name, "Anna");
}

TEST(FoldCache, AGapMarksTheFoldAsBehindAndItsFinderTakesItOut) {
  FoldCache cache;
  read_and_put(cache, "per_1", 1);
  const auto event = named(3, "Anna");
  cache.advance("per_1", {&event, 1}, {});
  auto found = cache.find("per_1");
  EXPECT_TRUE(found.stale);
  EXPECT_EQ(found.fold->version(), StreamVersion{1});
  EXPECT_NE(found.fold.exclusive(), nullptr);
  EXPECT_EQ(cache.streams(), 0u);
  cache.put("per_1", folded_to(3));
  EXPECT_FALSE(cache.find("per_1").stale);
}

TEST(FoldCache, AStreamThatWentOnWhileItWasReadIsBehind) {
  FoldCache cache;
  ASSERT_TRUE(cache.find("per_1").stale);  // somebody begins to read
  const auto event = named(2, "Anna");
  cache.advance("per_1", {&event, 1}, {});
  cache.put("per_1", folded_to(1));  // and has read the time before
  EXPECT_TRUE(cache.find("per_1").stale);
  cache.put("per_1", folded_to(2));
  EXPECT_FALSE(cache.find("per_1").stale);
}

TEST(FoldCache, WhatIsForgottenWhileItIsReadIsNotKept) {
  FoldCache cache;
  ASSERT_TRUE(cache.find("per_1").stale);
  cache.forget("per_1");
  cache.put("per_1", folded_to(1));
  EXPECT_EQ(cache.streams(), 0u);
  read_and_put(cache, "per_1", 1);
  cache.forget("per_1");
  EXPECT_EQ(cache.streams(), 0u);
  EXPECT_EQ(cache.events(), 0u);
}

TEST(FoldCache, AnOlderReadDoesNotReplaceANewerFold) {
  FoldCache cache;
  ASSERT_TRUE(cache.find("per_1").stale);
  ASSERT_TRUE(cache.find("per_1").stale);
  cache.put("per_1", folded_to(3));
  cache.put("per_1", folded_to(2));
  EXPECT_EQ(cache.find("per_1").fold->version(), StreamVersion{3});
}

TEST(FoldCache, AFailedReadIsGivenUp) {
  FoldCache cache;
  ASSERT_TRUE(cache.find("per_1").stale);
  cache.give_up("per_1");
  read_and_put(cache, "per_1", 1);
  EXPECT_FALSE(cache.find("per_1").stale);
}

TEST(FoldCache, KeepsTheMostRecentlyUsedWithinItsBounds) {
  FoldCache cache(2, 100);
  read_and_put(cache, "per_1", 1);
  read_and_put(cache, "per_2", 1);
  EXPECT_FALSE(cache.find("per_1").stale);
  read_and_put(cache, "per_3", 1);
  EXPECT_EQ(cache.streams(), 2u);
  EXPECT_FALSE(cache.find("per_1").stale);
  EXPECT_TRUE(cache.find("per_2").stale);
}

TEST(FoldCache, IsBoundedByEventsAsWell) {
  FoldCache cache(100, 25);
  for (int i = 0; i < 50; ++i) read_and_put(cache, "per_" + std::to_string(i), 10);
  EXPECT_EQ(cache.streams(), 2u);
  EXPECT_EQ(cache.events(), 20u);
  // One stream alone beyond the bound is not kept, and nothing hangs.
  read_and_put(cache, "per_long", 30);
  EXPECT_LE(cache.events(), 25u);
}

}  // namespace
}  // namespace dealog
