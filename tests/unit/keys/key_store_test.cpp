#include "libs/keys/key_store.hpp"

#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "libs/keys/keys_folder.hpp"
#include "tests/unit/eventlog/log_fixtures.hpp"

namespace dealog {
namespace {

using testing::append_of;
using testing::TemporaryFolder;

// A key store beside a log, as in the service.
class KeyStoreTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(open().has_value()); }

  KeyStoreOptions options() {
    return {.folder = folder_.path() / "keys",
            .recorded_key = [this](std::string_view subject) { return log_.subject_key(subject); },
            .highest_recorded = log_.highest_key().value(),
            .pool_keys = 8};
  }
  Result<void> open() { return open(options()); }
  Result<void> open(const KeyStoreOptions& options) {
    keys_.reset();
    keys_ = TRY(KeyStore::open(options));
    return {};
  }

  SealKey draw(const std::string& subject) {
    const auto key = keys_->key_for(subject);
    if (!key) throw std::runtime_error(key.error().message);
    EXPECT_EQ(key->bytes.size(), 32U);
    return *key;
  }
  // What an append does with a drawn key.
  void record(const std::string& subject, KeyId key) {
    const auto appended = log_.append_and_wait(
        append_of({{.stream = subject, .id = ++last_event_, .fresh_keys = {{subject, key}}}}));
    ASSERT_TRUE(appended.has_value()) << appended.error().message;
  }
  bool bytes_on_disk(const std::string& bytes) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string content((std::istreambuf_iterator<char>(file)), {});
      if (content.find(bytes) != std::string::npos) return true;
    }
    return false;
  }

  TemporaryFolder folder_;
  ManualClock clock_{testing::kNoon};
  InMemoryLog log_{clock_};
  std::uint64_t last_event_ = 0;
  std::unique_ptr<KeyStore> keys_;
};

TEST_F(KeyStoreTest, DrawsOneKeyASubjectAndSaysFreshUntilTheLogKnowsIt) {
  const auto first = draw("deal_1");
  EXPECT_TRUE(first.fresh);
  const auto again = draw("deal_1");
  EXPECT_EQ(again.id, first.id);
  EXPECT_EQ(again.bytes, first.bytes);
  EXPECT_TRUE(again.fresh);  // its append may have been refused
  record("deal_1", first.id);
  const auto known = draw("deal_1");
  EXPECT_EQ(known.id, first.id);
  EXPECT_FALSE(known.fresh);
  EXPECT_NE(draw("deal_2").id, first.id);
}

TEST_F(KeyStoreTest, FindsARecordedKeyAgainAfterARestart) {
  const auto key = draw("deal_1");
  record("deal_1", key.id);
  ASSERT_TRUE(open().has_value());
  const auto again = draw("deal_1");
  EXPECT_EQ(again.id, key.id);
  EXPECT_EQ(again.bytes, key.bytes);
  EXPECT_FALSE(again.fresh);
  std::string found;
  EXPECT_EQ(keys_->find(key.id, &found), KeyState::kPresent);
  EXPECT_EQ(found, key.bytes);
}

TEST_F(KeyStoreTest, NeverHandsOutAKeyTwiceOverRestarts) {
  std::set<KeyId> ids;
  std::set<std::string> bytes;
  int subject = 0;
  for (int restart = 0; restart < 4; ++restart) {
    for (int i = 0; i < 11; ++i) {  // more than the pool holds
      const auto key = draw("deal_" + std::to_string(++subject));
      EXPECT_TRUE(ids.insert(key.id).second);
      EXPECT_TRUE(bytes.insert(key.bytes).second);
    }
    ASSERT_TRUE(open().has_value());
  }
}

TEST_F(KeyStoreTest, AnErasedKeyIsErasedForGoodAndItsBytesAreGone) {
  const auto erased = draw("deal_1");
  const auto kept = draw("deal_2");
  record("deal_1", erased.id);
  record("deal_2", kept.id);
  EXPECT_TRUE(bytes_on_disk(erased.bytes));
  EXPECT_EQ(keys_->erase_subject("deal_1").value(), erased.id);
  for (int restart = 0; restart < 2; ++restart) {
    std::string key;
    EXPECT_EQ(keys_->find(erased.id, &key), KeyState::kErased);
    EXPECT_EQ(key, "");
    EXPECT_EQ(keys_->find(kept.id, &key), KeyState::kPresent);
    const auto again = keys_->key_for("deal_1");
    ASSERT_FALSE(again.has_value());
    EXPECT_EQ(again.error().kind, ErrorKind::kConflict);
    EXPECT_EQ(again.error().code, "subject_erased");
    EXPECT_EQ(keys_->erase_subject("deal_1").value(), erased.id);  // once more is no error
    ASSERT_TRUE(open().has_value());
  }
  // Obsolete files are removed in the background.
  for (int i = 0; i < 100 && bytes_on_disk(erased.bytes); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_FALSE(bytes_on_disk(erased.bytes));
  EXPECT_TRUE(bytes_on_disk(kept.bytes));
}

TEST_F(KeyStoreTest, ErasesAKeyThatWasDrawnAndNotYetRecorded) {
  const auto key = draw("deal_1");
  EXPECT_EQ(keys_->erase_subject("deal_1").value(), key.id);
  EXPECT_EQ(keys_->find(key.id, nullptr), KeyState::kErased);
  EXPECT_EQ(keys_->key_for("deal_1").error().code, "subject_erased");
}

TEST_F(KeyStoreTest, ASubjectWithoutAKeyHasNothingToErase) {
  EXPECT_EQ(keys_->erase_subject("deal_1").value(), std::nullopt);
}

TEST_F(KeyStoreTest, AnErasureOfAForeignIdIsNotUndoneByLaterKeys) {
  ASSERT_TRUE(keys_->erase_key(500).has_value());
  for (int i = 0; i < 20; ++i) EXPECT_NE(draw("deal_" + std::to_string(i)).id, 500U);
  EXPECT_EQ(keys_->find(500, nullptr), KeyState::kErased);
}

TEST_F(KeyStoreTest, SaysLostForAKeyThatIsNotThere) {
  std::string key;
  EXPECT_EQ(keys_->find(0, &key), KeyState::kLost);
  EXPECT_EQ(keys_->find(1'000'000, &key), KeyState::kLost);
  record("deal_1", 1'000'000);
  EXPECT_EQ(keys_->key_for("deal_1").error().code, "key_lost");
}

TEST_F(KeyStoreTest, RefusesToStartEmptyBesideALogWithSealedData) {
  const auto key = draw("deal_1");
  record("deal_1", key.id);
  keys_.reset();
  std::filesystem::remove_all(folder_.path() / "keys");
  const auto refused = open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "keys_absent");

  auto lossy = options();
  lossy.accept_loss = true;
  ASSERT_TRUE(open(lossy).has_value());
  EXPECT_EQ(keys_->find(key.id, nullptr), KeyState::kLost);
  EXPECT_GT(draw("deal_2").id, key.id);
}

TEST_F(KeyStoreTest, AnOlderVersionRefusesKeysOfANewerFormatAndSaysSo) {
  keys_.reset();
  {
    const auto opened = storage::Database::open(
        {.folder = folder_.path() / "keys", .families = {{"keys"}}, .create_if_missing = false});
    ASSERT_TRUE(opened.has_value()) << opened.error().message;
    storage::WriteBatch batch;
    batch.put((*opened)->family("default"), "format", "999");
    ASSERT_TRUE((*opened)->write(batch, storage::Sync::kYes).has_value());
  }
  const auto refused = open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, "keys_format_unknown");
  EXPECT_THAT(refused.error().message,
              ::testing::HasSubstr("have format 999, this version of dealog knows 1"));
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("Start the newer version"));
}

TEST_F(KeyStoreTest, NeverReusesIdsAfterARestoreOfAnOlderFolder) {
  const auto copy = folder_.path() / "copy";
  keys_.reset();
  std::filesystem::copy(folder_.path() / "keys", copy, std::filesystem::copy_options::recursive);
  ASSERT_TRUE(open().has_value());
  KeyId highest = 0;
  for (int i = 0; i < 30; ++i) {
    const auto subject = "deal_" + std::to_string(i);
    highest = draw(subject).id;
    record(subject, highest);
  }
  keys_.reset();
  std::filesystem::remove_all(folder_.path() / "keys");
  std::filesystem::rename(copy, folder_.path() / "keys");
  EXPECT_EQ(open().error().code, "keys_lost");
  auto lossy = options();
  lossy.accept_loss = true;
  ASSERT_TRUE(open(lossy).has_value());
  EXPECT_EQ(keys_->find(highest, nullptr), KeyState::kLost);
  EXPECT_GT(draw("deal_new").id, highest);
}

// Every row of a young folder lies in the write-ahead file alone.
TEST_F(KeyStoreTest, RefusesToStartWithoutTheNewestKeysThatTheLogNames) {
  const auto keys = folder_.path() / "keys";
  std::vector<KeyId> ids;
  for (int i = 0; i < 30; ++i) {
    const auto subject = "deal_" + std::to_string(i);
    ids.push_back(draw(subject).id);
    record(subject, ids.back());
  }
  keys_.reset();
  std::size_t logs = 0;
  for (const auto& entry : std::filesystem::directory_iterator(keys)) {
    if (entry.path().extension() != ".log" || entry.file_size() == 0) continue;
    std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
    ++logs;
  }
  ASSERT_GT(logs, 0U);
  for (int start = 0; start < 2; ++start) {
    const auto refused = open();
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, "keys_lost");
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr(std::to_string(ids.back())));
    EXPECT_THAT(refused.error().message, ::testing::HasSubstr("dealog restore"));
  }
  auto lossy = options();
  lossy.accept_loss = true;
  ASSERT_TRUE(open(lossy).has_value());
  EXPECT_EQ(accepted_loss(keys).value(), ids.back());
  EXPECT_EQ(keys_->find(ids.front(), nullptr), KeyState::kPresent);
  EXPECT_EQ(keys_->find(ids.back(), nullptr), KeyState::kLost);
  ASSERT_TRUE(open().has_value()) << "it is not asked twice";
  // Where nothing is missing nothing is accepted.
  record("deal_new", draw("deal_new").id);
  ASSERT_TRUE(open(lossy).has_value());
  EXPECT_EQ(accepted_loss(keys).value(), ids.back());
}

TEST_F(KeyStoreTest, RefusesAFolderWithoutCurrentBeforeTheStoreEmptiesIt) {
  record("deal_1", draw("deal_1").id);
  keys_.reset();
  const auto keys = folder_.path() / "keys";
  const auto files = [&] {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(keys)) {
      if (entry.path().extension() == ".sst" || entry.path().extension() == ".log") {
        names.insert(entry.path().filename());
      }
    }
    return names;
  };
  std::filesystem::remove(keys / "CURRENT");
  const auto before = files();
  ASSERT_FALSE(before.empty());
  const auto refused = open();
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, ::testing::HasSubstr("CURRENT is missing"));
  EXPECT_EQ(files(), before);
}

TEST_F(KeyStoreTest, WritesNoKeysBeforeOneIsDrawn) {
  const auto bytes = [&] {
    std::uintmax_t sum = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "keys")) {
      if (entry.path().extension() == ".sst" || entry.path().extension() == ".log") {
        sum += entry.file_size();
      }
    }
    return sum;
  };
  auto usual = options();
  usual.pool_keys = limits::kPoolKeys;
  for (int start = 0; start < 10; ++start) ASSERT_TRUE(open(usual).has_value());
  keys_.reset();
  EXPECT_LT(bytes(), 20'000U);
  ASSERT_TRUE(open(usual).has_value());
  draw("deal_1");
  EXPECT_LE(keys_->pool_size(), limits::kFirstKeys);
}

TEST_F(KeyStoreTest, ANewerFolderHoldsEveryKeyOfAnOlderOneUnlessSomeWereLost) {
  const auto keys = folder_.path() / "keys";
  const auto older = folder_.path() / "older";
  for (int i = 0; i < 30; ++i) draw("deal_" + std::to_string(i));
  ASSERT_TRUE(keys_->checkpoint(older).has_value());
  ASSERT_TRUE(keys_->erase_key(1).has_value());
  for (int i = 30; i < 60; ++i) draw("deal_" + std::to_string(i));
  keys_.reset();
  EXPECT_TRUE(holds_every_key(keys, older).value());
  EXPECT_FALSE(holds_every_key(older, keys).value());
  EXPECT_TRUE(check_keys_folder(keys).has_value());
}

TEST_F(KeyStoreTest, HashesUnderKeysOfItsOwn) {
  const auto tag = keys_->tag_hash("phone:+79165550177");
  const auto fingerprint = keys_->fingerprint("POST /v1/deals");
  EXPECT_EQ(tag.size(), 16U);
  EXPECT_EQ(fingerprint.size(), 32U);
  EXPECT_NE(keys_->tag_hash("phone:+79165550178"), tag);
  EXPECT_NE(keys_->fingerprint("phone:+79165550177").substr(0, 16), tag);
  ASSERT_TRUE(open().has_value());
  EXPECT_EQ(keys_->tag_hash("phone:+79165550177"), tag);
  EXPECT_EQ(keys_->fingerprint("POST /v1/deals"), fingerprint);

  TemporaryFolder other;
  auto elsewhere = options();
  elsewhere.folder = other.path() / "keys";
  ASSERT_TRUE(open(elsewhere).has_value());
  EXPECT_NE(keys_->tag_hash("phone:+79165550177"), tag);
}

TEST_F(KeyStoreTest, GivesManyThreadsDifferentKeysForDifferentSubjects) {
  constexpr int kThreads = 6;
  constexpr int kEach = 50;
  std::mutex mutex;
  std::map<std::string, std::set<KeyId>> ids;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          // Every subject is asked for by two threads.
          const auto subject = "deal_" + std::to_string(t / 2) + "_" + std::to_string(i);
          const auto key = draw(subject);
          const std::scoped_lock lock(mutex);
          ids[subject].insert(key.id);
        }
      });
    }
  }
  std::set<KeyId> all;
  for (const auto& [subject, drawn] : ids) {
    EXPECT_EQ(drawn.size(), 1U) << subject;
    all.insert(drawn.begin(), drawn.end());
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(kThreads / 2 * kEach));
}

TEST_F(KeyStoreTest, ForgetsDrawnKeysOnceTheLogHasThem) {
  for (int i = 0; i < 100; ++i) {
    const auto subject = "deal_" + std::to_string(i);
    record(subject, draw(subject).id);
  }
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(draw("deal_" + std::to_string(i)).fresh);
}

}  // namespace
}  // namespace dealog
