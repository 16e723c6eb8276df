// The head watermark: its file, how close it keeps behind the head, and what opening a log refuses
// because of it.
#include "libs/eventlog/watermark.hpp"

#include <fstream>
#include <iterator>
#include <map>

#include <gtest/gtest.h>

#include "libs/eventlog/log_end_mark.hpp"
#include "tests/support/log_checker.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"
#include "tests/unit/storage/failing_disk.hpp"

namespace dealog::testing {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr std::size_t kSlotBytes = 4096;

void flip(const fs::path& file, std::size_t offset) {
  std::fstream io(file, std::ios::in | std::ios::out | std::ios::binary);
  io.seekg(static_cast<std::streamoff>(offset));
  const char byte = static_cast<char>(io.get() ^ 0x10);
  io.seekp(static_cast<std::streamoff>(offset));
  io.put(byte);
}

// What the store itself would not notice: files of one kind are gone.
std::size_t remove_files(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> found;
  for (const auto& file : fs::directory_iterator(folder)) {
    const auto name = file.path().filename().string();
    if (name.ends_with(ending)) found.push_back(file.path());
  }
  for (const auto& file : found) fs::remove(file);
  return found.size();
}

merkle::Hash root(char fill) {
  merkle::Hash hash;
  hash.fill(static_cast<std::uint8_t>(fill));
  return hash;
}

class WatermarkFiles : public ::testing::Test {
 protected:
  WatermarkFile create() {
    return WatermarkFile::create(file_, {1, {0}, root('0'), std::string(16, 'l')}).value();
  }
  TemporaryFolder folder_;
  const fs::path file_ = folder_.path() / "log.watermark";
};

TEST_F(WatermarkFiles, KeepsTheNewestOfItsTwoSlots) {
  EXPECT_EQ(read_watermark(file_).value(), std::nullopt);
  auto file = create();
  EXPECT_EQ(read_watermark(file_).value()->position, Position{0});
  for (std::uint64_t p = 1; p < 6; ++p) {
    ASSERT_TRUE(file.write({p}, root(static_cast<char>('0' + p))).has_value());
    const auto mark = read_watermark(file_).value().value();
    EXPECT_EQ(mark, file.newest());
    EXPECT_EQ(mark.position, Position{p});
    EXPECT_EQ(mark.sequence, p + 1);
    EXPECT_EQ(mark.root, root(static_cast<char>('0' + p)));
    EXPECT_EQ(mark.log_id, std::string(16, 'l'));
  }
  EXPECT_EQ(fs::file_size(file_), 2 * kSlotBytes);
}

TEST_F(WatermarkFiles, ATornWriteLeavesTheSlotBeforeIt) {
  auto file = create();
  ASSERT_TRUE(file.write({7}, root('7')).has_value());
  ASSERT_TRUE(file.write({9}, root('9')).has_value());  // sequence 3: slot 1
  for (std::size_t byte = 0; byte < 104; ++byte) {
    flip(file_, kSlotBytes + byte);
    EXPECT_EQ(read_watermark(file_).value()->position, Position{7}) << byte;
    flip(file_, kSlotBytes + byte);
  }
  EXPECT_EQ(read_watermark(file_).value()->position, Position{9});
}

TEST_F(WatermarkFiles, ASlotCountsOnlyInItsPlace) {
  auto file = create();
  ASSERT_TRUE(file.write({7}, root('7')).has_value());
  std::string bytes(2 * kSlotBytes, '\0');
  std::ifstream(file_, std::ios::binary).read(bytes.data(), 2 * kSlotBytes);
  std::swap_ranges(bytes.begin(), bytes.begin() + kSlotBytes, bytes.begin() + kSlotBytes);
  std::ofstream(file_, std::ios::binary) << bytes;
  EXPECT_EQ(read_watermark(file_).error().code, "watermark_broken");
}

TEST_F(WatermarkFiles, WithoutAWholeSlotItIsBroken) {
  create();
  flip(file_, kSlotBytes + 20);
  EXPECT_EQ(read_watermark(file_).error().code, "watermark_broken");
  fs::resize_file(file_, 0);
  EXPECT_EQ(read_watermark(file_).error().code, "watermark_broken");
}

class WatermarkedLog : public ::testing::Test {
 protected:
  RocksLogOptions options() {
    return {.folder = log(), .clock = &clock_, .watermark = watermark_, .environment = nullptr};
  }
  void open() { log_ = RocksLog::open(options()).value(); }
  void append(int count) {
    for (int i = 0; i < count; ++i) {
      const auto done = log_->append_and_wait(append_of({{.stream = "d", .id = ++id_}}));
      ASSERT_TRUE(done.has_value()) << done.error().message;
    }
  }
  // A stopped log of so many events, all of them in the write-ahead file alone.
  void write(int count) {
    open();
    append(count);
    log_.reset();
  }
  fs::path log() const { return folder_.path() / "log"; }
  fs::path mark() const { return folder_.path() / "log.watermark"; }
  void expect_refused(const std::string& code, const std::string& words) {
    const auto opened = RocksLog::open(options());
    ASSERT_FALSE(opened.has_value()) << "opened at " << (*opened)->head().value;
    EXPECT_EQ(opened.error().code, code) << opened.error().message;
    for (const auto& part : {words, std::string("dealog restore")}) {
      EXPECT_NE(opened.error().message.find(part), std::string::npos) << opened.error().message;
    }
  }

  TemporaryFolder folder_;
  ManualClock clock_{kNoon};
  WatermarkOptions watermark_;
  std::unique_ptr<RocksLog> log_;
  std::uint64_t id_ = 0;
};

TEST_F(WatermarkedLog, FollowsTheHeadAndStandsOnItAtTheStop) {
  open();
  append(5);
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (log_->watermark() < Position{5} && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(1ms);
  }
  EXPECT_EQ(read_watermark(mark()).value()->position, Position{5});
  append(3);
  log_.reset();
  EXPECT_EQ(read_watermark(mark()).value()->position, Position{8});
  EXPECT_EQ(checker::check_log({.log_folder = log()}).text(), "");
}

TEST_F(WatermarkedLog, IsSyncedAtMostOnceAnIntervalAndOnlyWithNews) {
  std::atomic<int> syncs = 0;
  watermark_ = {.interval = 50ms, .sync = [&](int fd) {
                  ++syncs;
                  return ::fdatasync(fd);
                }};
  open();
  const auto started = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - started < 400ms) append(1);
  const auto took = std::chrono::steady_clock::now() - started;
  EXPECT_GE(syncs, 2);
  EXPECT_LE(syncs, took / 50ms + 1);
  while (log_->watermark() < log_->head()) std::this_thread::sleep_for(1ms);
  const int before = syncs;
  std::this_thread::sleep_for(150ms);
  EXPECT_EQ(syncs, before) << "nothing was new";
}

// The window: what was acknowledged since the last write of the file is not guarded. A kill in it
// loses nothing; only a log that is cut as well, and within the window, goes unnoticed.
TEST_F(WatermarkedLog, DoesNotGuardWhatCameSinceItsLastWrite) {
  write(3);
  fs::copy(log(), folder_.path() / "cut", fs::copy_options::recursive);
  watermark_.interval = 1h;
  open();  // the first write is free, the next one would come in an hour
  append(1);
  while (log_->watermark() < Position{4}) std::this_thread::sleep_for(1ms);
  append(4);
  EXPECT_EQ(read_watermark(mark()).value()->position, Position{4});
  fs::copy_file(mark(), folder_.path() / "at_the_kill");
  log_.reset();

  fs::remove_all(log());
  fs::rename(folder_.path() / "cut", log());
  fs::rename(folder_.path() / "at_the_kill", mark());
  expect_refused("log_broken", "position 4 is missing");  // one before the window is missed
  ASSERT_TRUE(accept_log_end(log()).has_value());
  id_ = 3;
  write(1);  // the same event: four of eight are there, the four of the window are not
  open();
  EXPECT_EQ(log_->head(), Position{4});
}

TEST_F(WatermarkedLog, IsNeverAheadOfWhatIsDurable) {
  FailingDisk disk;
  auto failing = options();
  failing.environment = disk.environment();
  log_ = RocksLog::open(failing).value();
  append(2);
  disk.fail(DiskFault::kSyncFails);
  ASSERT_FALSE(log_->append_and_wait(append_of({{.stream = "d", .id = 9}})).has_value());
  log_.reset();
  EXPECT_EQ(read_watermark(mark()).value()->position, Position{2});
}

TEST_F(WatermarkedLog, AWriteOfItThatFailsStopsTheLog) {
  watermark_ = {.interval = 1ms, .sync = [](int) {
                  errno = EIO;
                  return -1;
                }};
  open();
  ASSERT_TRUE(log_->append_and_wait(append_of({{.stream = "d", .id = 1}})).has_value());
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (!log_->stop_reason() && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(1ms);
  }
  ASSERT_TRUE(log_->stop_reason().has_value());
  EXPECT_EQ(log_->stop_reason()->code, "watermark_failed");
  EXPECT_EQ(log_->append_and_wait(append_of({{.stream = "d", .id = 2}})).error().code,
            "log_stopped");
  std::vector<ReadBack> events;
  EXPECT_TRUE(log_->read({}, Direction::kForward, 10, into(events)).has_value());
  EXPECT_EQ(events.size(), 1U);
}

TEST_F(WatermarkedLog, RefusesALogWhoseWriteAheadFileIsGone) {
  write(1000);
  ASSERT_GT(remove_files(log(), ".log"), 0U);
  expect_refused("log_broken", "position 1 is missing");
  expect_refused("log_broken", "reached position 1000");
}

TEST_F(WatermarkedLog, RefusesALogWhoseWriteAheadFileIsDamagedInTheMiddle) {
  write(1000);
  for (const auto& file : fs::directory_iterator(log())) {
    if (!file.path().string().ends_with(".log") || file.file_size() == 0) continue;
    flip(file.path(), 100'000);
  }
  expect_refused("log_broken", "is missing");
}

TEST_F(WatermarkedLog, RefusesACopyThatIsOlder) {
  write(10);
  fs::copy(log(), folder_.path() / "old", fs::copy_options::recursive);
  write(10);
  fs::remove_all(log());
  fs::rename(folder_.path() / "old", log());
  expect_refused("log_broken", "position 11 is missing");
}

TEST_F(WatermarkedLog, RefusesAFolderWithoutCurrentBeforeTheStoreEmptiesIt) {
  write(10);
  fs::remove(log() / "CURRENT");
  expect_refused("log_broken", "CURRENT is missing");
  EXPECT_GT(remove_files(log(), ".log"), 0U) << "left as it was";
}

TEST_F(WatermarkedLog, RefusesWhenTheWholeFolderIsGone) {
  write(10);
  fs::remove_all(log());
  expect_refused("log_broken", "position 1 is missing");
}

TEST_F(WatermarkedLog, RefusesAnotherLogOfTheSameLengthAndTheSameId) {
  auto same_id = options();
  same_id.log_id = std::string(16, 'i');
  log_ = RocksLog::open(same_id).value();
  append(3);
  log_.reset();
  fs::rename(mark(), folder_.path() / "kept");
  fs::remove_all(log());
  clock_.advance(std::chrono::seconds(1));
  log_ = RocksLog::open(same_id).value();
  append(3);
  log_.reset();
  fs::rename(folder_.path() / "kept", mark());
  expect_refused("log_broken", "position 3 or one before it is not what it was");
}

TEST_F(WatermarkedLog, RefusesWhenTheWatermarkIsGoneAndOpensWhenSomebodyVouchesForTheEnd) {
  write(10);
  fs::remove(mark());
  expect_refused("watermark_broken", "position 10");
  const auto accepted = accept_log_end(log());
  ASSERT_TRUE(accepted.has_value()) << accepted.error().message;
  EXPECT_EQ(accepted->head, Position{10});
  EXPECT_TRUE(accepted->epoch.starts_with("2-")) << "what was given up may have been signed";
  write(1);
}

TEST_F(WatermarkedLog, TheProofThatAnAcceptedEndIsNotTheOldOneIsKept) {
  write(1000);
  ASSERT_GT(remove_files(log(), ".log"), 0U);
  const auto accepted = accept_log_end(log());
  ASSERT_TRUE(accepted.has_value()) << accepted.error().message;
  EXPECT_EQ(accepted->head, Position{0});
  EXPECT_EQ(read_watermark(mark().string() + ".epoch-1").value()->position, Position{1000});
  open();
  EXPECT_EQ(log_->epoch(), accepted->epoch);
}

// A refused start may be followed by somebody who can read what the store cannot.
TEST_F(WatermarkedLog, ARefusedStartLeavesEveryByteOfTheFolder) {
  write(1000);
  for (const auto& file : fs::directory_iterator(log())) {
    if (file.path().extension() == ".log" && file.file_size() > 0) flip(file.path(), 100'000);
  }
  const auto all = [&] {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::directory_iterator(log())) {
      // What RocksDB tells of itself.
      if (entry.path().filename().string().starts_with("LOG")) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      files[entry.path().filename()] = std::string((std::istreambuf_iterator<char>(in)), {});
    }
    return files;
  };
  const auto before = all();
  for (int start = 0; start < 2; ++start) expect_refused("log_broken", "is missing");
  EXPECT_TRUE(before == all());
}

TEST_F(WatermarkedLog, RefusesWhenTheWriteAheadFileIsGoneAndTheWatermarkWithIt) {
  write(10);
  remove_files(log(), ".log");
  fs::remove(mark());
  expect_refused("watermark_broken", "ends at position 0");
}

TEST_F(WatermarkedLog, ALogFromBeforeThereWereWatermarksGetsOne) {
  write(4);
  {
    const auto tables = LogTables::open({.folder = log()}).value();
    storage::WriteBatch batch;
    batch.erase(tables.meta, kWatermarkedKey);
    batch.erase(tables.meta, kEpochKey);
    ASSERT_TRUE(tables.db().write(batch, storage::Sync::kYes).has_value());
  }
  fs::remove(mark());
  open();
  EXPECT_EQ(log_->head(), Position{4});
  EXPECT_EQ(log_->epoch(), "1");
  log_.reset();
  EXPECT_EQ(read_watermark(mark()).value()->position, Position{4});
}

TEST_F(WatermarkedLog, ARestoredLogBeginsAnotherEpochEachTime) {
  write(10);
  fs::copy(log(), folder_.path() / "backup", fs::copy_options::recursive);
  write(10);
  std::vector<std::string> epochs;
  for (int i = 0; i < 2; ++i) {
    fs::remove_all(log());
    fs::copy(folder_.path() / "backup", log(), fs::copy_options::recursive);
    const auto restored = begin_restored_log(log());
    ASSERT_TRUE(restored.has_value()) << restored.error().message;
    EXPECT_EQ(restored->head, Position{10});
    open();
    EXPECT_EQ(log_->epoch(), restored->epoch);
    EXPECT_TRUE(log_->epoch().starts_with("2-"));
    epochs.push_back(log_->epoch());
    append(1);
    log_.reset();
  }
  EXPECT_NE(epochs[0], epochs[1]);
  EXPECT_EQ(begin_restored_log(log()).value().epoch.substr(0, 2), "3-");
}

}  // namespace
}  // namespace dealog::testing
