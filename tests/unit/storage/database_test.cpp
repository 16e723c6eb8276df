#include "libs/storage/database.hpp"

#include <filesystem>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/storage/key_codec.hpp"

namespace dealog::storage {
namespace {

using namespace std::string_literals;

class DatabaseTest : public ::testing::Test {
 protected:
  void SetUp() override { reopen(); }
  void TearDown() override {
    db_.reset();
    std::filesystem::remove_all(folder_);
  }
  void reopen() {
    db_.reset();
    auto opened = Database::open(options_);
    if (!opened) throw std::runtime_error(opened.error().message);
    db_ = std::move(*opened);
  }
  void put(std::string_view family, std::string_view key, std::string_view value) {
    WriteBatch batch;
    batch.put(db_->family(family), key, value);
    ASSERT_TRUE(db_->write(batch, Sync::kNo).has_value());
  }
  std::string scan(std::string_view family, KeyRange range, ScanOrder order = ScanOrder::kForward,
                   const Snapshot* snapshot = nullptr) {
    std::string values;
    auto rows = db_->scan(db_->family(family), std::move(range), order, snapshot);
    for (; rows.valid(); rows.next()) values += rows.value();
    EXPECT_TRUE(rows.status().has_value());
    return values;
  }

  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() / ("dealog-" + to_hex(random_bytes(8)));
  DatabaseOptions options_{.folder = folder_,
                           .families = {{"plain", FamilyProfile::kIndex, KeyPrefix::kNone},
                                        {"names", FamilyProfile::kIndex, KeyPrefix::kThroughNul},
                                        {"hashes", FamilyProfile::kIndex, KeyPrefix::kFixed16},
                                        {"events", FamilyProfile::kEvents, KeyPrefix::kNone},
                                        {"bodies", FamilyProfile::kBlob, KeyPrefix::kNone},
                                        {"rows", FamilyProfile::kView, KeyPrefix::kNone}}};
  std::unique_ptr<Database> db_;
};

TEST_F(DatabaseTest, FindsRowsAgainAfterItWasClosed) {
  WriteBatch batch;
  batch.put(db_->family("events"), "k", "event");
  batch.put(db_->family("bodies"), "k", {"a ", "body", " in parts"});
  EXPECT_EQ(batch.rows(), 2U);
  ASSERT_TRUE(db_->write(batch, Sync::kYes).has_value());
  reopen();
  EXPECT_EQ(db_->get(db_->family("events"), "k").value(), "event");
  EXPECT_EQ(db_->get(db_->family("bodies"), "k").value(), "a body in parts");
  EXPECT_EQ(db_->get(db_->family("rows"), "k").value(), std::nullopt);
  EXPECT_TRUE(db_->contains(db_->family("events"), "k").value());
  EXPECT_FALSE(db_->contains(db_->family("events"), "K").value());
}

TEST_F(DatabaseTest, ReadsManyKeysInOrder) {
  put("plain", "a", "1");
  put("plain", "c", "3");
  const std::vector<std::string> keys = {"c", "b", "a"};
  const auto values = db_->get_many(db_->family("plain"), keys).value();
  EXPECT_EQ(values, (std::vector<std::optional<std::string>>{"3", std::nullopt, "1"}));
}

TEST_F(DatabaseTest, ScansARangeInBothDirections) {
  for (const auto* key : {"a", "b", "ba", "bb", "c"}) put("plain", key, std::string(key) + " ");
  for (int stored = 0; stored < 2; ++stored) {
    EXPECT_EQ(scan("plain", {}), "a b ba bb c ");
    EXPECT_EQ(scan("plain", {"b", "c"}), "b ba bb ");
    EXPECT_EQ(scan("plain", {"b", "c"}, ScanOrder::kBackward), "bb ba b ");
    EXPECT_EQ(scan("plain", prefix_range("b"), ScanOrder::kBackward), "bb ba b ");
    EXPECT_EQ(scan("plain", {"bab", ""}), "bb c ");
    EXPECT_EQ(scan("plain", {"", "b"}, ScanOrder::kBackward), "a ");
    EXPECT_EQ(scan("plain", prefix_range("x")), "");
    ASSERT_TRUE(db_->flush_all().has_value());
  }
}

TEST_F(DatabaseTest, MovesToAKeyWithinAScan) {
  for (const auto* key : {"a", "c", "e"}) put("plain", key, key);
  auto forward = db_->scan(db_->family("plain"), {});
  forward.seek("b");
  ASSERT_TRUE(forward.valid());
  EXPECT_EQ(forward.key(), "c");
  auto backward = db_->scan(db_->family("plain"), {}, ScanOrder::kBackward);
  backward.seek("d");
  ASSERT_TRUE(backward.valid());
  EXPECT_EQ(backward.key(), "c");
}

// The filters of prefixes must never hide a row, in memtables or in files, in either direction.
TEST_F(DatabaseTest, ScansWithinOnePrefixThroughItsFilter) {
  const auto name_key = [](std::string_view name, std::uint64_t n) {
    return KeyWriter().text(name).u64(n).take();
  };
  const auto hash_key = [](char c, std::uint64_t n) {
    return KeyWriter().raw(std::string(16, c)).u64(n).take();
  };
  for (int stored = 0; stored < 3; ++stored) {
    for (std::uint64_t n = 1; n <= 3; ++n) {
      for (const auto* name : {"deal_1", "deal_10", "deal_2"}) {
        put("names", name_key(name, n), std::string(name) + "." + std::to_string(n) + " ");
      }
      for (const char c : {'\0', 'm', '\xff'}) put("hashes", hash_key(c, n), std::to_string(n));
    }
    for (const auto order : {ScanOrder::kForward, ScanOrder::kBackward}) {
      const bool forward = order == ScanOrder::kForward;
      EXPECT_EQ(scan("names", {name_key("deal_1", 0), name_key("deal_1", UINT64_MAX)}, order),
                forward ? "deal_1.1 deal_1.2 deal_1.3 " : "deal_1.3 deal_1.2 deal_1.1 ");
      EXPECT_EQ(scan("names", {name_key("deal_1", 2), name_key("deal_1", 3)}, order), "deal_1.2 ");
      EXPECT_EQ(scan("names", prefix_range("deal_10\0"s), order).size(), 30U);
      EXPECT_EQ(scan("names", prefix_range("deal_1"), order).size(), 57U);
      EXPECT_EQ(scan("names", {name_key("deal_3", 0), name_key("deal_3", 9)}, order), "");
      for (const char c : {'\0', 'm', '\xff'}) {
        const std::string expected = forward ? "123" : "321";
        EXPECT_EQ(scan("hashes", {hash_key(c, 0), hash_key(c, UINT64_MAX)}, order), expected);
        EXPECT_EQ(scan("hashes", prefix_range(std::string(16, c)), order), expected);
      }
      EXPECT_EQ(scan("hashes", prefix_range(std::string(16, 'x')), order), "");
    }
    ASSERT_TRUE(db_->flush_all().has_value());
    if (stored == 1) reopen();
  }
}

TEST_F(DatabaseTest, ASnapshotStaysAsItWas) {
  put("plain", "a", "old");
  const auto before = db_->snapshot();
  put("plain", "a", "new");
  put("plain", "b", "new");
  EXPECT_EQ(db_->get(db_->family("plain"), "a", before.get()).value(), "old");
  EXPECT_EQ(db_->get(db_->family("plain"), "b", before.get()).value(), std::nullopt);
  EXPECT_EQ(scan("plain", {}, ScanOrder::kForward, before.get()), "old");
  EXPECT_EQ(scan("plain", {}), "newnew");
}

TEST_F(DatabaseTest, ErasesRowsAndRanges) {
  for (const auto* key : {"a", "b", "c", "d"}) put("rows", key, key);
  WriteBatch batch;
  batch.erase(db_->family("rows"), "a");
  batch.erase_range(db_->family("rows"), "b", "d");
  ASSERT_TRUE(db_->write(batch, Sync::kNo, Wal::kNo).has_value());
  EXPECT_EQ(scan("rows", {}), "d");
}

TEST_F(DatabaseTest, AddsAndDropsAFamily) {
  const auto family = db_->create_family({"rows@2", FamilyProfile::kView});
  ASSERT_TRUE(family.has_value());
  put("rows@2", "k", "v");
  EXPECT_EQ(db_->get(*family, "k").value(), "v");
  EXPECT_EQ(db_->family("rows@2"), *family);
  ASSERT_TRUE(db_->drop_family("rows@2").has_value());
  reopen();  // would be refused if the family were still there
  EXPECT_EQ(db_->family_names().size(), 7U);
}

TEST_F(DatabaseTest, RefusesAFolderWithAFamilyItDoesNotKnow) {
  ASSERT_TRUE(db_->create_family({"of_tomorrow", FamilyProfile::kIndex}).has_value());
  db_.reset();
  const auto opened = Database::open(options_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "storage_unknown_family");
  EXPECT_NE(opened.error().message.find("of_tomorrow"), std::string::npos);
  EXPECT_EQ(Database::list_families(folder_).value().size(), 8U);
}

TEST_F(DatabaseTest, RefusesAFolderThatIsOpenAlready) {
  const auto second = Database::open(options_);
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, "storage_locked");
}

TEST_F(DatabaseTest, SaysThatThereIsNoDatabase) {
  options_.folder = folder_ / "elsewhere";
  options_.create_if_missing = false;
  const auto opened = Database::open(options_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "storage_absent");
  EXPECT_FALSE(std::filesystem::exists(options_.folder));
}

TEST_F(DatabaseTest, OpensAStoppedFolderForReadingWithoutChangingIt) {
  put("plain", "a", "1");
  db_.reset();
  options_.read_only = true;
  reopen();
  EXPECT_EQ(db_->get(db_->family("plain"), "a").value(), "1");
  WriteBatch batch;
  batch.put(db_->family("plain"), "b", "2");
  EXPECT_FALSE(db_->write(batch, Sync::kNo).has_value());
}

TEST_F(DatabaseTest, RowsWrittenWithoutTheLogAreThereAfterAFlush) {
  options_.atomic_flush = true;
  reopen();
  WriteBatch batch;
  batch.put(db_->family("rows"), "row", "1");
  batch.put(db_->family("plain"), "checkpoint", "1");
  ASSERT_TRUE(db_->write(batch, Sync::kNo, Wal::kNo).has_value());
  ASSERT_TRUE(db_->flush_all().has_value());
  reopen();
  EXPECT_EQ(db_->get(db_->family("rows"), "row").value(), "1");
  EXPECT_EQ(db_->get(db_->family("plain"), "checkpoint").value(), "1");
}

TEST_F(DatabaseTest, ReportsDamagedBytes) {
  for (int i = 0; i < 1000; ++i) put("events", "key" + std::to_string(i), random_bytes(100));
  ASSERT_TRUE(db_->flush_all().has_value());
  db_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().extension() != ".sst") continue;
    auto* file = std::fopen(entry.path().c_str(), "r+b");
    ASSERT_NE(file, nullptr);
    std::fseek(file, 500, SEEK_SET);
    const int byte = std::fgetc(file);
    std::fseek(file, 500, SEEK_SET);
    std::fputc(byte ^ 0xff, file);
    std::fclose(file);
  }
  reopen();
  EXPECT_FALSE(db_->damage().has_value()) << "nothing was read yet";
  auto rows = db_->scan(db_->family("events"), {});
  while (rows.valid()) rows.next();
  ASSERT_FALSE(rows.status().has_value());
  EXPECT_EQ(rows.status().error().code, "storage_corrupted");
  ASSERT_TRUE(db_->damage().has_value());
  EXPECT_EQ(db_->damage()->message, rows.status().error().message);
}

TEST_F(DatabaseTest, ReportsATableThatIsGoneAsDamageWithWhatToDo) {
  put("events", "key", "value");
  ASSERT_TRUE(db_->flush_all().has_value());
  db_.reset();
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    if (entry.path().extension() == ".sst") std::filesystem::remove(entry.path());
  }
  auto damaged = options_;
  damaged.if_damaged = "Turn it off and on again";
  const auto opened = Database::open(damaged);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, "storage_corrupted");
  EXPECT_NE(opened.error().message.find(".sst"), std::string::npos) << opened.error().message;
  EXPECT_TRUE(opened.error().message.ends_with("gone. Turn it off and on again"))
      << opened.error().message;
}

}  // namespace
}  // namespace dealog::storage
