#include "libs/files/file_store.hpp"

#include <fstream>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/memory_key_ring.hpp"
#include "tests/support/temp_folder.hpp"

namespace dealog {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Files : public ::testing::Test {
 protected:
  Files() { open(); }

  // As after a crash: nobody who held an arrived file is there any more.
  void open() {
    store_.reset();
    auto opened = FileStore::open(
        {.folder = folder(), .keys = &keys_, .is_named = [this](auto subject, auto name) {
           return Result<bool>(named_.contains(std::string(subject) + "/" + std::string(name)));
         }});
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = std::move(*opened);
  }
  fs::path folder() const { return temp_.path() / "files"; }
  fs::path arriving() const { return folder() / kArrivingFolder; }

  ArrivedFile put(std::string_view subject, std::string_view content) {
    auto arrived = store_->put(subject, content);
    EXPECT_TRUE(arrived) << arrived.error().message;
    return std::move(*arrived);
  }
  // With the event that names it.
  StoredFile kept(std::string_view subject, std::string_view content) {
    auto arrived = put(subject, content);
    named_.insert(std::string(subject) + "/" + arrived.stored().name);
    arrived.keep();
    return arrived.stored();
  }
  std::string read(std::string_view subject, const StoredFile& stored) {
    const auto content = store_->read(subject, stored);
    return content ? content->bytes : content.error().code;
  }
  std::vector<std::string> names() { return stored_names(folder()).value(); }

  testing_support::TempFolder temp_;
  testing::MemoryKeyRing keys_;
  std::set<std::string> named_;  // subject/name of files that "the log" names
  std::unique_ptr<FileStore> store_;
};

TEST_F(Files, AreReadBackAsTheyWere) {
  const std::string large(3 << 20, 'x');
  const auto one = kept("fil_1", "one");
  const auto two = kept("fil_2", large);
  EXPECT_EQ(read("fil_1", one), "one");
  EXPECT_EQ(read("fil_2", two), large);
  open();
  EXPECT_EQ(read("fil_1", one), "one");
  EXPECT_THAT(names(), SizeIs(2));
  EXPECT_TRUE(fs::is_empty(arriving()));
}

TEST_F(Files, AreWholeBeforeAnybodyNamesThem) {
  const auto arrived = put("fil_1", "one");
  EXPECT_TRUE(fs::exists(arriving() / arrived.stored().name));
  EXPECT_EQ(read("fil_1", arrived.stored()), "one") << "its event may be read before keep()";
  EXPECT_EQ(inspect_stored(folder(), arrived.stored()).value(), FileHealth::kSound);
}

TEST_F(Files, GoAgainWhenTheCommandIsRefused) {
  {
    const auto refused = put("fil_1", "one");
  }
  EXPECT_THAT(names(), IsEmpty());
  const auto kept_one = kept("fil_1", "one");
  {
    const auto repeated = put("fil_1", "one");
  }
  EXPECT_THAT(names(), ElementsAre(kept_one.name)) << "what is kept does not go with a repetition";
}

TEST_F(Files, StayWhileSomebodyElseHoldsTheSame) {
  auto first = put("fil_1", "one");
  {
    const auto second = put("fil_1", "one");
  }
  EXPECT_EQ(read("fil_1", first.stored()), "one");
  first.keep();
  EXPECT_EQ(read("fil_1", first.stored()), "one");
}

TEST_F(Files, TheStartAsksTheLogAboutWhatACrashLeft) {
  auto with_event = put("fil_1", "one");
  auto without = put("fil_2", "two");
  named_.insert("fil_1/" + with_event.stored().name);
  with_event.leave();  // the process ends here
  without.leave();
  std::ofstream(arriving() / (std::string(64, 'a') + ".7.part")) << "half a fi";
  open();
  EXPECT_THAT(names(), ElementsAre(with_event.stored().name));
  EXPECT_TRUE(fs::is_empty(arriving()));
  EXPECT_EQ(read("fil_1", with_event.stored()), "one");
}

TEST_F(Files, WhatTheLogCannotBeAskedAboutIsLeftToBeLookedAt) {
  const fs::path odd = arriving() / std::string(64, 'b');
  std::ofstream(odd) << "no sealed file";
  std::ofstream(arriving() / "README") << "not ours";
  open();
  EXPECT_TRUE(fs::exists(odd));
  EXPECT_TRUE(fs::exists(arriving() / "README"));
}

TEST_F(Files, ErasedAndLostAndMissingAreThreeThings) {
  const auto erased = kept("fil_1", "one");
  const auto lost = kept("fil_2", "two");
  const auto missing = kept("fil_3", "three");
  keys_.erase("fil_1");
  keys_.lose("fil_2");
  EXPECT_TRUE(store_->remove(erased.name));
  EXPECT_TRUE(store_->remove(erased.name)) << "removing twice is no error";
  EXPECT_TRUE(store_->remove("../erasures")) << "and a path is nothing that could be removed";
  fs::remove(folder() / missing.name);
  EXPECT_EQ(store_->read("fil_1", erased)->state, SealState::kErased);
  EXPECT_EQ(store_->read("fil_2", lost)->state, SealState::kLost);
  EXPECT_EQ(read("fil_3", missing), "file_missing");
  EXPECT_EQ(store_->put("fil_1", "one").error().code, "subject_erased");
}

TEST_F(Files, ADamagedOneIsToldAndMendedByTheSameContent) {
  const auto stored = kept("fil_1", "one");
  fs::resize_file(folder() / stored.name, 30);
  EXPECT_EQ(read("fil_1", stored), "file_broken");
  EXPECT_EQ(inspect_stored(folder(), stored).value(), FileHealth::kDamaged);
  kept("fil_1", "one");
  EXPECT_EQ(read("fil_1", stored), "one");
  EXPECT_THAT(names(), ElementsAre(stored.name));
}

TEST_F(Files, NoLinkLeadsOutOfTheFolder) {
  const auto stored = kept("fil_1", "one");
  fs::rename(folder() / stored.name, temp_.path() / "elsewhere");
  fs::create_symlink(temp_.path() / "elsewhere", folder() / stored.name);
  EXPECT_EQ(read("fil_1", stored), "file_missing");
}

TEST_F(Files, AreRefusedOverTheLimit) {
  const std::string content(limits::kFileBytes + 1, 'x');
  EXPECT_EQ(store_->put("fil_1", content).error().code, "file_too_large");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Files, AFolderThatCannotBeWrittenIsSaidAndNothingIsLeft) {
  fs::remove_all(arriving());
  std::ofstream(arriving()) << "a file where a folder should be";
  const auto arrived = store_->put("fil_1", "one");
  ASSERT_FALSE(arrived);
  EXPECT_EQ(arrived.error().kind, ErrorKind::kUnavailable) << "so that it is tried again";
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(Files, TheSameFromManyThreadsIsOneFile) {
  constexpr int kThreads = 8;
  std::vector<std::thread> threads;
  std::atomic<int> kept_by = 0;
  named_.insert("fil_1/" + put("fil_1", "same").stored().name);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([this, i, &kept_by] {
      for (int round = 0; round < 20; ++round) {
        auto arrived = store_->put("fil_1", "same");
        ASSERT_TRUE(arrived) << arrived.error().message;
        if (i == 0 && round == 10) {
          arrived->keep();
          ++kept_by;
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(kept_by, 1);
  ASSERT_THAT(names(), SizeIs(1)) << "the others' refusals did not take it away";
  open();
  EXPECT_THAT(names(), SizeIs(1));
  EXPECT_TRUE(fs::is_empty(arriving()));
}

}  // namespace
}  // namespace dealog
