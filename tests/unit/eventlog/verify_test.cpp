#include "libs/eventlog/verify.hpp"

#include <gtest/gtest.h>

#include "tests/unit/eventlog/damaged_log.hpp"

namespace dealog::testing {
namespace {

std::string listed(const VerifyReport& report) {
  std::string all;
  for (const auto& problem : report.problems) all += problem.what + "\n";
  return all;
}

// Families whose every row can be checked against others. (personal_tags and raw hold what may be
// erased; their own test is below.)
const std::vector<std::string> kChecked = {"events", "commits", "streams",
                                           "ids",    "tags",    "subject_keys"};

TEST(Verify, FindsASoundLogSound) {
  DamagedLog log;
  const auto verified = verify_log({.folder = log.folder()});
  ASSERT_TRUE(verified.has_value());
  const auto& report = *verified;
  EXPECT_TRUE(report.is_sound()) << listed(report);
  EXPECT_EQ(report.head, Position{7});
  EXPECT_EQ(report.events, 7U);
  EXPECT_EQ(report.commits, 4U);
  EXPECT_EQ(report.streams, 4U);
  EXPECT_EQ(report.tags, 4U);
  EXPECT_EQ(report.personal_tags, 1U);
  EXPECT_EQ(report.raw_bodies, 1U);
  EXPECT_EQ(report.subject_keys, 2U);
  merkle::Frontier frontier;
  for (const auto& row : log.rows("events")) frontier.push(merkle::leaf_hash(row.value));
  EXPECT_EQ(report.root, frontier.root());
}

TEST(Verify, FindsAnEmptyLogSound) {
  TemporaryFolder folder;
  ManualClock clock(kNoon);
  ASSERT_TRUE(RocksLog::open({.folder = folder.path() / "log", .clock = &clock}).has_value());
  const auto report = verify_log({.folder = folder.path() / "log"});
  ASSERT_TRUE(report.has_value());
  EXPECT_TRUE(report->is_sound()) << listed(*report);
  EXPECT_EQ(report->head, Position{0});
}

TEST(Verify, SaysWhenThereIsNoLog) {
  TemporaryFolder folder;
  EXPECT_EQ(verify_log({.folder = folder.path() / "log"}).error().code, "storage_absent");
}

TEST(Verify, FindsEachDeletedRow) {
  DamagedLog log;
  for (const auto& family : kChecked) {
    for (const auto& row : log.rows(family)) {
      log.edit(family, {row.key}, {});
      EXPECT_FALSE(log.verify().is_sound()) << family << " " << to_hex(row.key);
      log.edit(family, {}, {row});
    }
  }
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, FindsAFlippedBitInEachValue) {
  DamagedLog log;
  for (const auto& family : kChecked) {
    for (const auto& row : log.rows(family)) {
      for (const std::size_t place : {std::size_t{0}, row.value.size() / 2, row.value.size() - 1}) {
        if (row.value.empty()) continue;
        Row flipped = row;
        flipped.value[place] = static_cast<char>(flipped.value[place] ^ 0x10);
        log.edit(family, {}, {flipped});
        EXPECT_FALSE(log.verify().is_sound()) << family << " " << to_hex(row.key) << " " << place;
      }
      log.edit(family, {}, {row});
    }
  }
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, FindsAFlippedBitInEachKey) {
  DamagedLog log;
  for (const auto& family : kChecked) {
    for (const auto& row : log.rows(family)) {
      for (const std::size_t place : {std::size_t{0}, row.key.size() / 2, row.key.size() - 1}) {
        Row flipped = row;
        flipped.key[place] = static_cast<char>(flipped.key[place] ^ 0x10);
        log.edit(family, {row.key}, {flipped});
        EXPECT_FALSE(log.verify().is_sound()) << family << " " << to_hex(row.key) << " " << place;
        log.edit(family, {flipped.key}, {row});
      }
    }
  }
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, NamesTheFirstPosition) {
  DamagedLog log;
  const auto expect_first = [&](std::uint64_t position, const std::string& what) {
    const auto report = log.verify();
    ASSERT_TRUE(report.first.has_value()) << what;
    EXPECT_EQ(report.first->position.value, position) << what << "\n" << listed(report);
  };
  const auto events = log.rows("events");
  for (std::uint64_t p = 1; p <= events.size(); ++p) {
    const auto& row = events[p - 1];
    log.edit("events", {row.key}, {});
    expect_first(p, "record gone");
    auto flipped = row;
    flipped.value[flipped.value.find("payload")] ^= 1;
    log.edit("events", {}, {flipped});
    expect_first(p, "record flipped");
    const auto& other = events[p % events.size()];
    log.edit("events", {}, {{row.key, other.value}, {other.key, row.value}});
    expect_first(std::min(p, p % events.size() + 1), "records swapped");
    log.edit("events", {}, {row, other});
  }
  for (const auto* family : {"streams", "ids"}) {
    for (const auto& row : log.rows(family)) {
      log.edit(family, {row.key}, {});
      expect_first(parse_u64(row.value).value(), std::string("row gone from ") + family);
      log.edit(family, {}, {row});
    }
  }
  std::uint64_t first = 1;
  for (const auto& row : log.rows("commits")) {
    log.edit("commits", {row.key}, {});
    expect_first(first, "commit row gone");
    log.edit("commits", {}, {row});
    first = parse_u64(row.key).value() + 1;
  }
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, FindsSwappedRows) {
  DamagedLog log;
  for (const auto& family : kChecked) {
    const auto rows = log.rows(family);
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const auto& a = rows[i - 1];
      const auto& b = rows[i];
      if (a.value == b.value) continue;
      log.edit(family, {}, {{a.key, b.value}, {b.key, a.value}});
      EXPECT_FALSE(log.verify().is_sound()) << family << " " << to_hex(a.key);
      log.edit(family, {}, {a, b});
    }
  }
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, FindsRowsThatNoEventExplains) {
  DamagedLog log;
  const auto stray = [&](const std::string& family, Row row, const std::string& word) {
    log.edit(family, {}, {row});
    const auto report = log.verify();
    EXPECT_EQ(report.problem_count, 1U) << family << "\n" << listed(report);
    EXPECT_NE(listed(report).find(word), std::string::npos) << listed(report);
    log.edit(family, {row.key}, {});
  };
  stray("ids", {std::string(16, 'x'), at(3)}, "ids");
  stray("streams", {storage::KeyWriter().text("deal_9").u64(1).take(), at(3)}, "streams");
  stray("streams", {storage::KeyWriter().text("deal_1").u64(4).take(), at(7)}, "streams");
  stray("tags", {storage::KeyWriter().text("tsk_9").u64(3).take(), ""}, "tags");
  stray("tags", {storage::KeyWriter().text("tsk_1").u64(99).take(), ""}, "tags");
  stray("subject_keys", {"deal_9", at(99)}, "subject_keys");
  stray("personal_tags", {std::string(16, 'p') + at(8), ""}, "personal_tags");
  stray("raw", {std::string(id_of(99).view()), "body"}, "raw body");
}

TEST(Verify, NamesTheFirstBadPosition) {
  DamagedLog log;
  const auto events = log.rows("events");
  log.edit("events", {at(2), at(6)}, {});
  const auto report = log.verify();
  ASSERT_TRUE(report.first.has_value());
  EXPECT_EQ(report.first->position, Position{2});
  EXPECT_NE(report.first->what.find("position 2 is missing"), std::string::npos);
}

TEST(Verify, OneWrongRecordIsNotAProblemOfEveryRowAfterIt) {
  DamagedLog log;
  auto row = log.rows("events")[1];
  const auto place = row.value.find("payload");
  row.value[place] = 'P';
  log.edit("events", {}, {row});
  const auto report = log.verify();
  EXPECT_EQ(report.problem_count, 1U) << listed(report);
  EXPECT_EQ(report.first->position, Position{2});
}

TEST(Verify, OfATableThatIsGoneSaysOnlyWhatCannotBeRead) {
  for (const auto* family : {"events", "commits", "ids", "streams", "tags"}) {
    SCOPED_TRACE(family);
    DamagedLog log;
    std::filesystem::remove(log.only_table_of(family));
    const auto report = verify_log({.folder = log.folder()});
    ASSERT_TRUE(report.has_value()) << report.error().message;
    ASSERT_FALSE(report->problems.empty());
    for (const auto& problem : report->problems) {
      EXPECT_NE(problem.what.find("cannot be "), std::string::npos) << problem.what;
    }
  }
}

TEST(Verify, AcceptsWhatMayBeErased) {
  DamagedLog log;
  log.edit("raw", {std::string(id_of(5).view())}, {});
  log.edit("personal_tags", {log.rows("personal_tags")[0].key}, {});
  EXPECT_TRUE(log.verify().is_sound());
}

TEST(Verify, ChangesNothing) {
  DamagedLog log;
  log.edit("events", {at(3)}, {});
  const auto once = log.verify();
  const auto twice = log.verify();
  EXPECT_EQ(once.problem_count, twice.problem_count);
  EXPECT_EQ(log.rows("events").size(), 6U);
}

}  // namespace
}  // namespace dealog::testing
