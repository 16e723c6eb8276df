// What the log does when its disk fails: it claims nothing, stops for good, keeps serving reads.
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/eventlog/log_fixtures.hpp"
#include "tests/unit/storage/failing_disk.hpp"

namespace dealog::testing {
namespace {

class FailStop : public ::testing::TestWithParam<DiskFault> {
 protected:
  void SetUp() override { open(); }
  void open() {
    log_.reset();
    auto opened = RocksLog::open(
        {.folder = folder_.path() / "log", .clock = &clock_, .environment = disk_.environment()});
    if (!opened) throw std::runtime_error(opened.error().message);
    log_ = std::move(*opened);
  }
  Result<Appended> append(const EventSketch& sketch, std::vector<Condition> conditions = {}) {
    return log_->append_and_wait(append_of({sketch}, std::move(conditions)));
  }

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  FailingDisk disk_;
  std::unique_ptr<RocksLog> log_;
};

TEST_P(FailStop, AnswersUnknownThenStoppedAndKeepsServingReads) {
  ASSERT_TRUE(append({.stream = "d", .id = 1, .open_tags = {"tag"}}).has_value());
  EXPECT_EQ(log_->stop_reason(), std::nullopt);
  disk_.fail(GetParam());
  const auto failed = append({.stream = "d", .id = 2});
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::kUnknown);
  EXPECT_EQ(failed.error().code, "append_unknown");

  // Not even when the disk works again: what is on it is unknown until it is opened anew.
  disk_.fail(DiskFault::kNone);
  const auto refused = append({.stream = "d", .id = 3});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code, "log_stopped");
  EXPECT_EQ(log_->erase_raw_body(id_of(1)).error().code, "log_stopped");
  EXPECT_EQ(log_->find_event(id_of(3)).value(), std::nullopt);
  ASSERT_TRUE(log_->stop_reason().has_value());

  EXPECT_EQ(log_->head(), Position{1});
  std::vector<ReadBack> events;
  ASSERT_TRUE(log_->read({}, Direction::kForward, 10, into(events)).has_value());
  ASSERT_TRUE(log_->read_tag(false, "tag", {}, Direction::kForward, 10, into(events)).has_value());
  EXPECT_EQ(events.size(), 2U);

  open();
  EXPECT_EQ(log_->find_event(id_of(3)).value(), std::nullopt);
}

TEST_P(FailStop, ARetryAfterTheRestartStoresTheEventOnce) {
  ASSERT_TRUE(append({.stream = "d", .id = 1}).has_value());
  disk_.fail(GetParam());
  ASSERT_FALSE(append({.stream = "d", .id = 2}).has_value());
  disk_.fail(DiskFault::kNone);
  open();
  const auto again = append({.stream = "d", .id = 2});
  ASSERT_TRUE(again.has_value()) << again.error().message;
  EXPECT_EQ(again->last, Position{2});
  EXPECT_EQ(log_->head(), Position{2});
}

TEST_P(FailStop, NothingOfAFailedGroupIsAnsweredAsDecided) {
  // The first callback holds the committer, so that the next three are one group.
  std::promise<void> entered;
  std::promise<void> release;
  log_->append(append_of({{.stream = "d", .id = 1}}), [&](Result<Appended>) {
    entered.set_value();
    release.get_future().wait();
  });
  entered.get_future().wait();
  std::vector<std::promise<std::string>> answers(3);
  const auto send = [&](std::size_t i, AppendRequest request) {
    log_->append(std::move(request), [&answers, i](Result<Appended> answer) {
      answers[i].set_value(answer ? "accepted" : answer.error().code);
    });
  };
  send(0, append_of({{.stream = "d", .id = 2}}, {StreamAt{"d", {1}}}));
  send(1, append_of({{.stream = "d", .id = 3}}, {StreamAt{"d", {1}}}));  // conflicts with the first
  send(2, append_of({{.stream = "d", .id = 2}}));                        // repeats the first
  disk_.fail(GetParam());
  release.set_value();
  for (auto& answer : answers) EXPECT_EQ(answer.get_future().get(), "append_unknown");
}

TEST_P(FailStop, AFailedErasureStopsTheLogToo) {
  auto request = append_of({{.stream = "d", .id = 1}});
  request.raw_bodies = {{id_of(1), "body"}};
  ASSERT_TRUE(log_->append_and_wait(std::move(request)).has_value());
  disk_.fail(GetParam());
  EXPECT_FALSE(log_->erase_raw_body(id_of(1)).has_value());
  EXPECT_TRUE(log_->stop_reason().has_value());
  EXPECT_EQ(append({.stream = "d", .id = 2}).error().code, "log_stopped");
}

TEST_P(FailStop, AcceptsNothingWhenSomethingBesideItCannotBeWritten) {
  log_->stop_accepting({ErrorKind::kUnavailable, "storage_full", "the views' disk is full"});
  const auto refused = append({.stream = "d", .id = 1});
  EXPECT_EQ(refused.error().code, "log_stopped");
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("the views' disk is full"));
  log_->stop_accepting({ErrorKind::kUnavailable, "later", "a later reason"});
  EXPECT_EQ(log_->stop_reason()->code, "storage_full");
}

INSTANTIATE_TEST_SUITE_P(Faults, FailStop,
                         ::testing::Values(DiskFault::kSyncFails, DiskFault::kWriteFails,
                                           DiskFault::kNoSpaceLeft));

}  // namespace
}  // namespace dealog::testing
