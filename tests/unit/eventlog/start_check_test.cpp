// What opening a log refuses, and that it says which position.
#include <gtest/gtest.h>

#include "tests/unit/eventlog/damaged_log.hpp"

namespace dealog::testing {
namespace {

void expect_refused(DamagedLog& log, const std::string& words) {
  const auto opened = log.open();
  ASSERT_FALSE(opened.has_value()) << words;
  EXPECT_EQ(opened.error().code, "log_broken");
  EXPECT_NE(opened.error().message.find(words), std::string::npos) << opened.error().message;
}

TEST(StartCheck, OpensASoundLog) {
  DamagedLog log;
  const auto opened = log.open();
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ((*opened)->head(), Position{7});
}

TEST(StartCheck, RefusesWhenTheLastEventIsMissing) {
  DamagedLog log;
  log.edit("events", {at(7)}, {});
  expect_refused(log, "position 7 is missing");
}

TEST(StartCheck, RefusesWhenSeveralLastEventsAreMissing) {
  DamagedLog log;
  log.edit("events", {at(5), at(6), at(7)}, {});
  expect_refused(log, "position 5 is missing");
}

TEST(StartCheck, RefusesWhenAllEventsAreMissing) {
  DamagedLog log;
  log.edit("events", {at(1), at(2), at(3), at(4), at(5), at(6), at(7)}, {});
  expect_refused(log, "position 1 is missing");
}

TEST(StartCheck, RefusesWhenTheFirstEventIsMissing) {
  DamagedLog log;
  log.edit("events", {at(1)}, {});
  expect_refused(log, "position 1 is missing");
}

TEST(StartCheck, RefusesARecordWithoutACommitRow) {
  DamagedLog log;
  log.edit("commits", {at(7)}, {});
  expect_refused(log, "position 7 has a record and no commit row");
}

TEST(StartCheck, RefusesWhenTheCommitBeforeTheLastIsMissing) {
  DamagedLog log;
  log.edit("commits", {at(6)}, {});
  expect_refused(log, "position 5 has no commit row");
}

TEST(StartCheck, RefusesAChangedRecordInTheLastGroup) {
  DamagedLog log;
  auto row = log.rows("events")[6];
  row.value[row.value.find("payload")] = 'P';
  log.edit("events", {}, {row});
  expect_refused(log, "position 7 does not match the hash");
}

TEST(StartCheck, RefusesALostIdAndAnotherLogsId) {
  DamagedLog log;
  const auto id = log.rows("default");
  log.edit("default", {std::string(kLogIdKey)}, {});
  expect_refused(log, "has lost its id");
  log.edit("default", {}, {{std::string(kLogIdKey), std::string(16, 'o')}});
  expect_refused(log, "position 7 belongs to another log");
}

TEST(StartCheck, RefusesALogOfANewerFormat) {
  DamagedLog log;
  log.edit("default", {}, {{std::string(kFormatKey), "999"}});
  const auto opened = log.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "log_format_unknown");
  EXPECT_NE(opened.error().message.find("has format 999, this version of dealog knows " +
                                        std::string(kLogFormat)),
            std::string::npos);
  EXPECT_NE(opened.error().message.find("Start the newer version"), std::string::npos);
}

TEST(StartCheck, RefusesAGapInTheMiddle) {
  for (const std::uint64_t missing : {2, 3, 5, 6}) {
    DamagedLog log;
    log.edit("events", {at(missing)}, {});
    expect_refused(log, "position " + std::to_string(missing) + " is missing");
    log.compact("events");  // and nothing in the files says any more that it was taken out
    expect_refused(log, "position " + std::to_string(missing) + " is missing");
  }
}

TEST(StartCheck, OpensALogWhoseRowsLieInSeveralFiles) {
  DamagedLog log;
  const auto all = log.rows("events");
  log.edit("events", {at(3), at(4)}, {});
  log.compact("events");
  log.edit("events", {}, {all[2], all[3]});  // a file of its own that fills the gap of another
  const auto opened = log.open();
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ((*opened)->head(), Position{7});
}

TEST(StartCheck, RefusesAnIndexThatHasLostARow) {
  {
    DamagedLog log;
    log.edit("ids", {std::string(id_of(3).view())}, {});
    log.compact("ids");
    expect_refused(log, "position 3 is not what the index of ids names");
  }
  DamagedLog log;
  log.edit("streams", {storage::KeyWriter().text("deal_1").u64(2).take()}, {});
  log.compact("streams");
  expect_refused(log,
                 "position 2 is not what the index of streams names for version 2 of 'deal_1'");
}

TEST(StartCheck, NamesAPositionAndTheRestoreWhenATableIsGoneOrCut) {
  for (const bool cut : {false, true}) {
    for (const auto* family : {"events", "commits", "ids", "streams"}) {
      SCOPED_TRACE(std::string(family) + (cut ? " cut" : " gone"));
      DamagedLog log;
      const auto table = log.only_table_of(family);
      if (cut) {
        std::filesystem::resize_file(table, std::filesystem::file_size(table) / 2);
      } else {
        std::filesystem::remove(table);
      }
      expect_refused(log, "position 1 ");
      const auto words = log.open().error().message;
      EXPECT_NE(words.find("cannot be read"), std::string::npos) << words;
      EXPECT_NE(words.find("dealog restore"), std::string::npos) << words;
    }
  }
}

TEST(StartCheck, EveryScanOfAStreamNamesAVersionThatIsMissing) {
  DamagedLog log;
  log.edit("streams", {storage::KeyWriter().text("deal_1").u64(2).take()}, {});
  const auto opened = log.open();  // what was erased and is not compacted hides it from the count
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  for (const auto direction : {Direction::kForward, Direction::kBackward}) {
    const StreamVersion from{direction == Direction::kForward ? 1 : UINT64_MAX};
    const auto stream = (*opened)->read_stream("deal_1", from, direction, 100,
                                               [](const StoredEvent&) { return true; });
    ASSERT_FALSE(stream.has_value());
    EXPECT_NE(stream.error().message.find("version 2 of stream 'deal_1'"), std::string::npos);
  }
}

}  // namespace
}  // namespace dealog::testing
