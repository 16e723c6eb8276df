// Records that were dropped from the log once an archive held them: what stays, what is read from
// there, and what is refused.
#include "libs/eventlog/archive_drop.hpp"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/eventlog/archive.hpp"
#include "libs/eventlog/restore_log.hpp"
#include "libs/eventlog/verify.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint64_t kAppends = 40;  // of two events each

class DroppedLog {
 public:
  DroppedLog() {
    open();
    for (std::uint64_t i = 0; i < kAppends; ++i) append(i);
    before_ = read_all();
    log_.reset();
  }

  AppendRequest request(std::uint64_t i) const {
    return append_of({{.stream = "deal_" + std::to_string(i % 4),
                       .id = 10 * i + 1,
                       .payload = std::string(100 + i, 'p'),
                       .fingerprint = std::string(32, static_cast<char>('a' + i % 20)),
                       .open_tags = {"tag-" + std::to_string(i % 3)}},
                      {.stream = "usr_" + std::to_string(i), .id = 10 * i + 2}});
  }
  void append(std::uint64_t i) {
    clock_.advance(std::chrono::seconds(1));
    ASSERT_TRUE(log_->append_and_wait(request(i)).has_value());
  }
  Result<DropDone> drop(DropOptions options = {}) {
    log_.reset();
    const auto tables = LogTables::open({.folder = log_folder()}).value();
    auto made = archive_log(tables, archive_folder(), {.segment_events = 20});
    if (!made) return std::unexpected(made.error());
    return drop_archived(tables, archive_folder(), options);
  }
  RocksLog& open(const fs::path& archive = {}) {
    log_.reset();
    auto opened = RocksLog::open({.folder = log_folder(), .clock = &clock_, .archive = archive});
    if (!opened) throw std::runtime_error(opened.error().message);
    log_ = std::move(*opened);
    return *log_;
  }
  RocksLog& log() { return *log_; }
  void close() { log_.reset(); }
  std::vector<std::string> read_all() {
    std::vector<ReadBack> read;
    const auto done = log_->read({1}, Direction::kForward, SIZE_MAX, into(read));
    if (!done) throw std::runtime_error(done.error().message);
    std::vector<std::string> records;
    for (auto& event : read) records.push_back(std::move(event.bytes));
    return records;
  }
  VerifyReport verify(const fs::path& archive = {}) {
    log_.reset();
    return verify_log({.folder = log_folder(), .archive = archive}).value();
  }
  std::size_t local_records() {
    log_.reset();
    const auto tables = LogTables::open({.folder = log_folder(), .read_only = true}).value();
    std::size_t count = 0;
    for (auto rows = tables.db().scan(tables.events, {}); rows.valid(); rows.next()) ++count;
    return count;
  }

  const std::vector<std::string>& before() const { return before_; }
  fs::path log_folder() const { return folder_.path() / "log"; }
  fs::path archive_folder() const { return folder_.path() / "archive"; }
  fs::path moved_archive() const { return folder_.path() / "elsewhere"; }

 private:
  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  std::unique_ptr<RocksLog> log_;
  std::vector<std::string> before_;
};

const std::string what_of(const VerifyReport& report) {
  return report.first ? report.first->what : std::string();
}

TEST(ArchiveDrop, EverythingReadsAsBefore) {
  DroppedLog it;
  const auto done = it.drop();
  ASSERT_TRUE(done.has_value()) << done.error().message;
  EXPECT_EQ(done->dropped, Position{78}) << "all but the last commit";
  EXPECT_EQ(done->events, 78U);
  EXPECT_EQ(it.local_records(), 2U);
  auto& log = it.open();
  EXPECT_EQ(log.dropped(), Position{78});
  EXPECT_EQ(it.read_all(), it.before());
  std::vector<ReadBack> backward;
  ASSERT_TRUE(log.read({79}, Direction::kBackward, 5, into(backward)).has_value());
  ASSERT_EQ(backward.size(), 5U);
  EXPECT_EQ(backward[4].bytes, it.before()[74]);
  std::vector<ReadBack> stream;
  ASSERT_TRUE(log.read_stream("deal_2", {1}, Direction::kForward, SIZE_MAX, into(stream)));
  ASSERT_EQ(stream.size(), 10U);
  EXPECT_EQ(stream[3].record.version(), 4U);
  std::vector<ReadBack> tagged;
  ASSERT_TRUE(
      log.read_tag(false, "tag-1", {UINT64_MAX}, Direction::kBackward, SIZE_MAX, into(tagged)));
  EXPECT_EQ(tagged.size(), 13U);
  EXPECT_EQ(log.position_at(kNoon + std::chrono::seconds(3)).value(), Position{6});
}

TEST(ArchiveDrop, AppendsKeepConditionsAndRememberEveryRequest) {
  DroppedLog it;
  ASSERT_TRUE(it.drop().has_value());
  // The archive is not even there: appends never need it.
  fs::rename(it.archive_folder(), it.moved_archive());
  auto& log = it.open();
  for (std::uint64_t i = 0; i < kAppends; ++i) {
    const auto again = log.append_and_wait(it.request(i));
    ASSERT_TRUE(again.has_value()) << again.error().message;
    EXPECT_TRUE(again->existed);
    EXPECT_EQ(again->first, Position{2 * i + 1});
    EXPECT_EQ(again->last, Position{2 * i + 2});
    EXPECT_EQ(again->recorded, kNoon + std::chrono::seconds(i + 1));
  }
  auto other = it.request(3);
  other.events[0].fingerprint = "another";
  EXPECT_EQ(log.append_and_wait(std::move(other)).error().code, "idempotency_key_reused");
  // By the id that stands second in its append, which has no fingerprint.
  const auto second = log.append_and_wait(append_of({{.stream = "usr_5", .id = 52}}));
  EXPECT_EQ(second.value().first, Position{11});
  EXPECT_EQ(
      log.append_and_wait(append_of({{.stream = "deal_1", .id = 9001}}, {StreamAt{"deal_1", {9}}}))
          .error()
          .code,
      "version_conflict");
  EXPECT_EQ(log.append_and_wait(
                   append_of({{.stream = "deal_1", .id = 9002}}, {NoTagAfter{false, "tag-0", {3}}}))
                .error()
                .code,
            "tag_conflict");
  const auto fresh = log.append_and_wait(
      append_of({{.stream = "deal_1", .id = 9003}}, {StreamAt{"deal_1", {10}}}));
  EXPECT_EQ(fresh.value().first, Position{81});
}

TEST(ArchiveDrop, AnArchiveThatIsAwayIsSaidWithPositionAndFolder) {
  DroppedLog it;
  ASSERT_TRUE(it.drop({.keeps = [](std::string_view name) { return name.starts_with("usr_"); }}));
  EXPECT_EQ(it.local_records(), 41U) << "what stays, and the last commit";
  fs::rename(it.archive_folder(), it.moved_archive());
  auto& log = it.open();
  std::vector<ReadBack> read;
  const auto refused = log.read({5}, Direction::kForward, 1, into(read));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, ErrorKind::kUnavailable);
  EXPECT_EQ(refused.error().code, "archive_absent");
  EXPECT_THAT(refused.error().message, HasSubstr("position 5 "));
  EXPECT_THAT(refused.error().message, HasSubstr(it.archive_folder().string()));
  ASSERT_TRUE(log.read_stream("usr_3", {1}, Direction::kForward, 1, into(read)).has_value());
  ASSERT_TRUE(log.read({80}, Direction::kForward, 1, into(read)).has_value());
  EXPECT_EQ(read.size(), 2U);
  // It may come back while the log is open, and it may be said that it lies elsewhere.
  fs::rename(it.moved_archive(), it.archive_folder());
  EXPECT_EQ(it.read_all(), it.before());
  fs::rename(it.archive_folder(), it.moved_archive());
  it.open(it.moved_archive());
  EXPECT_EQ(it.read_all(), it.before());
}

TEST(ArchiveDrop, VerifySaysHowManyLieInTheArchive) {
  DroppedLog it;
  ASSERT_TRUE(it.drop().has_value());
  auto report = it.verify();
  EXPECT_TRUE(report.is_sound()) << what_of(report);
  EXPECT_EQ(report.unread, 78U);
  EXPECT_EQ(report.events, 2U);
  EXPECT_EQ(report.streams, 44U);
  report = it.verify(it.archive_folder());
  EXPECT_TRUE(report.is_sound()) << what_of(report);
  EXPECT_EQ(report.archived, 78U);
  EXPECT_EQ(report.events, 80U);
  EXPECT_EQ(report.unread, 0U);
  report = it.verify(it.moved_archive());
  ASSERT_FALSE(report.is_sound());
  EXPECT_EQ(report.first->position, Position{1});
  EXPECT_EQ(report.problem_count, 1U);
}

TEST(ArchiveDrop, VerifyFindsWhatIsMissingBehindTheArchive) {
  for (const char* family : {"ids", "streams", "commits"}) {
    DroppedLog it;
    ASSERT_TRUE(it.drop().has_value());
    {
      const auto tables = LogTables::open({.folder = it.log_folder()}).value();
      storage::WriteBatch batch;
      auto rows = tables.db().scan(tables.db().family(family), {});
      rows.next();
      batch.erase(tables.db().family(family), rows.key());
      ASSERT_TRUE(tables.db().write(batch, storage::Sync::kYes).has_value());
    }
    EXPECT_FALSE(it.verify().is_sound()) << family;
    EXPECT_FALSE(it.verify(it.archive_folder()).is_sound()) << family;
  }
}

TEST(ArchiveDrop, NothingIsDroppedThatIsNotWholeInTheArchive) {
  DroppedLog it;
  ASSERT_TRUE(it.drop({.dry_run = true}).has_value());
  EXPECT_EQ(it.local_records(), 80U) << "only looked";
  const auto segments = list_segments(it.archive_folder()).value();
  const fs::path file = it.archive_folder() / segments[1].file.path;
  // One that was only cut would be written again before.
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2));
  bytes << "!?";
  bytes.close();
  const auto refused = it.drop();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(it.local_records(), 80U);
  EXPECT_TRUE(it.verify().is_sound());
}

TEST(ArchiveDrop, ARecordThatIsNotTheTreesStays) {
  DroppedLog it;
  ASSERT_TRUE(it.drop({.dry_run = true}).has_value());
  {
    const auto tables = LogTables::open({.folder = it.log_folder()}).value();
    storage::WriteBatch batch;
    storage::KeyWriter key;
    batch.put(tables.events, position_key(key, {7}), "other bytes");
    ASSERT_TRUE(tables.db().write(batch, storage::Sync::kYes).has_value());
  }
  const auto refused = it.drop();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("position 7 "));
  EXPECT_EQ(it.local_records(), 80U);
}

TEST(ArchiveDrop, GoesOnInSteps) {
  DroppedLog it;
  EXPECT_EQ(it.drop({.until = {31}}).value().dropped, Position{30});
  EXPECT_EQ(it.local_records(), 50U);
  it.open();
  for (std::uint64_t i = kAppends; i < kAppends + 10; ++i) it.append(i);
  const auto all = it.read_all();
  it.close();
  const auto further = it.drop();
  ASSERT_TRUE(further.has_value()) << further.error().message;
  EXPECT_EQ(further->before, Position{30});
  EXPECT_EQ(further->dropped, Position{98});
  it.open();
  EXPECT_EQ(it.read_all(), all);
  EXPECT_TRUE(it.verify(it.archive_folder()).is_sound());
  EXPECT_EQ(it.drop().value().events, 0U) << "there is nothing more to drop";
}

// Another archive does not hold what was dropped.
TEST(ArchiveDrop, AnArchiveWithoutWhatWasDroppedIsNoArchiveOfThisLog) {
  DroppedLog it;
  ASSERT_TRUE(it.drop().has_value());
  const auto tables = LogTables::open({.folder = it.log_folder()}).value();
  EXPECT_EQ(archive_log(tables, it.moved_archive(), {}).error().code, "archive_incomplete");
  EXPECT_EQ(truncate_log(tables, {20}).error().code, "position_out_of_range");
}

TEST(ArchiveDrop, ASegmentThatWasExchangedIsNotBelieved) {
  DroppedLog it;
  ASSERT_TRUE(it.drop().has_value());
  DroppedLog other;
  ASSERT_TRUE(other.drop().has_value());
  auto& log = it.open(other.archive_folder());
  std::vector<ReadBack> read;
  const auto refused = log.read({1}, Direction::kForward, 1, into(read));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "archive_broken");
}

}  // namespace
}  // namespace dealog::testing
