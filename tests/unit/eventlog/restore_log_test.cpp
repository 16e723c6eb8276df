// A copy of a log that is cut, checked row by row and gone on with.
#include "libs/eventlog/restore_log.hpp"

#include <future>

#include <gtest/gtest.h>

#include "libs/eventlog/log_end_mark.hpp"
#include "libs/eventlog/verify_findings.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

// Groups of several appends, appends of several events, every kind of index row.
class GroupedLog {
 public:
  GroupedLog() {
    const auto log = open();
    std::vector<std::future<Result<Appended>>> answers;
    for (std::uint64_t i = 0; i < 24; ++i) {
      clock_.advance(std::chrono::seconds(i % 8 == 0 ? 10 : 0));
      auto answer = std::make_shared<std::promise<Result<Appended>>>();
      answers.push_back(answer->get_future());
      log->append(sketch(i), [answer](Result<Appended> done) { answer->set_value(done); });
      // Eight at once come to lie in one group or a few.
      if (i % 8 == 7) answers.back().wait();
    }
    for (auto& answer : answers) {
      if (!answer.get()) std::abort();
    }
    EXPECT_TRUE(log->read({1}, Direction::kForward, SIZE_MAX, into(events_)));
  }

  std::unique_ptr<RocksLog> open(const std::string& name = "log") {
    auto log = RocksLog::open({.folder = folder_.path() / name, .clock = &clock_});
    if (!log) throw std::runtime_error(log.error().message);
    return std::move(*log);
  }
  // A copy that may be changed.
  LogTables copy(const std::string& name) {
    std::filesystem::remove_all(folder_.path() / name);
    std::filesystem::copy(folder_.path() / "log", folder_.path() / name);
    return LogTables::open({.folder = folder_.path() / name}).value();
  }
  std::filesystem::path path(const std::string& name) const { return folder_.path() / name; }
  const std::vector<ReadBack>& events() const { return events_; }
  ManualClock& clock() { return clock_; }

 private:
  static AppendRequest sketch(std::uint64_t i) {
    const std::string stream = "deal_" + std::to_string(i % 5);
    const std::string tag(16, static_cast<char>('a' + i));
    auto request = append_of({{.stream = stream,
                               .id = 10 * i + 1,
                               .open_tags = {"tag-" + std::to_string(i % 3), stream},
                               .personal_tags = {tag},
                               .fresh_keys = {{stream, i % 5 + 1}},
                               .box_key = i % 5 + 1},
                              {.stream = "per_" + std::to_string(i), .id = 10 * i + 2}});
    if (i % 3 == 0) request.events.push_back(event({.stream = stream, .id = 10 * i + 3}));
    request.raw_bodies = {{id_of(10 * i + 1), "body"}};
    return request;
  }

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  std::vector<ReadBack> events_;
};

std::string problems_of(const VerifyReport& report) {
  std::string all;
  for (const auto& problem : report.problems) all += problem.what + "\n";
  return all;
}

TEST(TruncateLog, LeavesTheLogAsItWasAtEveryPosition) {
  GroupedLog log;
  merkle::Frontier frontier;
  merkle::Hash root_before{};  // at the end of the append before
  Position end_before;
  std::size_t shortened = 0;
  for (const auto& event : log.events()) {
    frontier.push(merkle::leaf_hash(event.bytes));
    const bool ends = event.record.append_index() + 1 == event.record.append_count();
    const auto tables = log.copy("cut");
    const auto cut = truncate_log(tables, event.position);
    if (!ends && end_before.value == 0) {
      EXPECT_EQ(cut.error().code, "position_out_of_range");
      continue;
    }
    ASSERT_TRUE(cut.has_value()) << cut.error().message;
    EXPECT_EQ(*cut, ends ? event.position : end_before);
    shortened += ends ? 0 : 1;
    const auto report = verify_tables(tables, {.needs_watermark = false});
    ASSERT_TRUE(report.has_value());
    EXPECT_TRUE(report->is_sound()) << event.position.value << "\n" << problems_of(*report);
    EXPECT_EQ(report->head, *cut);
    EXPECT_EQ(report->root, ends ? frontier.root() : root_before);
    EXPECT_EQ(report->events, cut->value);
    if (ends) {
      root_before = frontier.root();
      end_before = event.position;
    }
  }
  EXPECT_GT(shortened, 0U);
}

TEST(TruncateLog, WhatIsLeftGoesOn) {
  GroupedLog log;
  ASSERT_TRUE(truncate_log(log.copy("cut"), {20}).has_value());
  ASSERT_TRUE(begin_restored_log(log.path("cut")).has_value());
  const auto reopened = log.open("cut");
  const Position head = reopened->head();
  EXPECT_EQ(reopened->head_time().us, log.events()[head.value - 1].record.recorded_us());
  // An event that was cut off is unknown, so it may happen anew.
  const auto again = reopened->append_and_wait(append_of({{.stream = "deal_1", .id = 231}}));
  ASSERT_TRUE(again.has_value());
  EXPECT_FALSE(again->existed);
  EXPECT_EQ(again->first, head.next());
}

TEST(TruncateLog, ARefusedPositionChangesNothing) {
  GroupedLog log;
  const auto tables = log.copy("cut");
  for (const std::uint64_t wrong : {std::uint64_t{0}, log.events().size() + 1}) {
    EXPECT_EQ(truncate_log(tables, {wrong}).error().code, "position_out_of_range");
  }
  EXPECT_EQ(verify_tables(tables, {.needs_watermark = false}).value().events, log.events().size());
}

TEST(LastRecordedUntil, FindsTheLastPositionOfATime) {
  GroupedLog log;
  const auto tables = log.copy("cut");
  for (const auto& event : log.events()) {
    const auto at = last_recorded_until(tables, {event.record.recorded_us()}).value();
    EXPECT_GE(at, event.position);
    EXPECT_EQ(log.events()[at.value - 1].record.recorded_us(), event.record.recorded_us());
  }
  EXPECT_EQ(last_recorded_until(tables, kNoon).value(), Position{0});
}

TEST(EraseRowsOf, TakesTagsAndBodiesOfTheStreamsAlone) {
  GroupedLog log;
  const auto tables = log.copy("cut");
  const auto before = verify_tables(tables, {.needs_watermark = false}).value();
  ASSERT_TRUE(erase_rows_of(tables, {"deal_1", "deal_none"}).has_value());
  const auto after = verify_tables(tables, {.needs_watermark = false}).value();
  EXPECT_TRUE(after.is_sound()) << problems_of(after);
  EXPECT_EQ(before.personal_tags - after.personal_tags, 5U);  // appends 1, 6, 11, 16, 21
  EXPECT_EQ(before.raw_bodies - after.raw_bodies, 5U);
  EXPECT_EQ(subjects_of(tables, {2, 77}).value(), std::vector<std::string>{"deal_1"});
}

}  // namespace
}  // namespace dealog::testing
