// One suite for every store of rows.
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "libs/base/crypto.hpp"
#include "libs/base/encoding.hpp"
#include "libs/projection/memory_view_store.hpp"
#include "libs/projection/rocks_view_store.hpp"

namespace dealog {
namespace {

struct InMemory {
  std::unique_ptr<ViewStore> open() { return std::make_unique<MemoryViewStore>(); }
};

struct OnDisk {
  std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("dealog-views-" + to_hex(random_bytes(8)));
  std::unique_ptr<ViewStore> open() { return RocksViewStore::open({.folder = folder}).value(); }
  ~OnDisk() { std::filesystem::remove_all(folder); }
};

template <class Kind>
class ViewStores : public ::testing::Test {
 protected:
  void write(std::vector<RowWrite> rows) { ASSERT_TRUE(store_->write(rows)); }

  static std::vector<std::string> keys(const ViewReader& rows, std::string_view begin,
                                       std::string_view end, ScanOrder order) {
    std::vector<std::string> out;
    EXPECT_TRUE(rows.scan(begin, end, order, [&](std::string_view key, std::string_view) {
      out.emplace_back(key);
      return true;
    }));
    return out;
  }

  Kind kind_;
  std::unique_ptr<ViewStore> store_ = kind_.open();
};

using Kinds = ::testing::Types<InMemory, OnDisk>;
TYPED_TEST_SUITE(ViewStores, Kinds);

TYPED_TEST(ViewStores, AnswersNothingForARowThatIsNotThere) {
  EXPECT_EQ(this->store_->get("a").value(), std::nullopt);
}

TYPED_TEST(ViewStores, KeepsTheLastValueAndForgetsWhatWasDeleted) {
  this->write({{"a", "1"}, {"b", "2"}});
  this->write({{"a", "3"}, {"b", std::nullopt}});
  EXPECT_EQ(this->store_->get("a").value(), "3");
  EXPECT_EQ(this->store_->get("b").value(), std::nullopt);
}

TYPED_TEST(ViewStores, ScansAHalfOpenRangeInBothDirections) {
  this->write({{"a", ""}, {"b", ""}, {"c", ""}, {std::string("c\0", 2), ""}, {"d", ""}});
  using Keys = std::vector<std::string>;
  EXPECT_EQ(this->keys(*this->store_, "b", "d", ScanOrder::kForward),
            (Keys{"b", "c", std::string("c\0", 2)}));
  EXPECT_EQ(this->keys(*this->store_, "b", "d", ScanOrder::kBackward),
            (Keys{std::string("c\0", 2), "c", "b"}));
  EXPECT_EQ(this->keys(*this->store_, "c", "", ScanOrder::kBackward),
            (Keys{"d", std::string("c\0", 2), "c"}));
  EXPECT_TRUE(this->keys(*this->store_, "d", "b", ScanOrder::kForward).empty());
}

TYPED_TEST(ViewStores, StopsAScanWhenTheVisitorHasEnough) {
  this->write({{"a", ""}, {"b", ""}, {"c", ""}});
  int seen = 0;
  ASSERT_TRUE(
      this->store_->scan_prefix("", ScanOrder::kForward, [&](auto, auto) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

TYPED_TEST(ViewStores, ASnapshotDoesNotSeeWhatIsWrittenLater) {
  this->write({{"a", "1"}, {"b", "2"}});
  const auto snapshot = this->store_->snapshot().value();
  this->write({{"a", "9"}, {"b", std::nullopt}, {"c", "3"}});
  EXPECT_EQ(snapshot->get("a").value(), "1");
  EXPECT_EQ(this->keys(*snapshot, "", "", ScanOrder::kForward),
            (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(this->store_->get("a").value(), "9");
}

TYPED_TEST(ViewStores, AnEmptyStoreIsAtPositionZero) {
  EXPECT_EQ(this->store_->snapshot().value()->position(), Position{});
}

TYPED_TEST(ViewStores, PurgingLeavesTheLivingRows) {
  this->write({{"x1", "1"}, {"x2", "2"}});
  this->write({{"x1", std::nullopt}});
  ASSERT_TRUE(this->store_->make_durable());
  ASSERT_TRUE(this->store_->purge_deleted("x"));
  EXPECT_EQ(this->keys(*this->store_, "", "", ScanOrder::kForward),
            (std::vector<std::string>{"x2"}));
}

TEST(RocksViewStore, WhatWasMadeDurableIsThereAfterReopening) {
  OnDisk disk;
  {
    const auto store = disk.open();
    ASSERT_TRUE(store->write({{"a", "1"}}));
    ASSERT_TRUE(store->make_durable());
  }
  EXPECT_EQ(disk.open()->get("a").value(), "1");
}

// A deleted token must not be readable in the files of the disk.
TEST(RocksViewStore, PurgedBytesAreGoneFromTheFiles) {
  OnDisk disk;
  const auto store = disk.open();
  const std::string secret = "SECRETTOKEN" + to_hex(random_bytes(16));
  ASSERT_TRUE(store->write({{secret, "v"}, {"other", "v"}}));
  ASSERT_TRUE(store->make_durable());
  ASSERT_TRUE(store->write({{secret, std::nullopt}}));
  ASSERT_TRUE(store->purge_deleted("SECRET"));
  for (const auto& file : std::filesystem::recursive_directory_iterator(disk.folder)) {
    if (file.path().extension() != ".sst") continue;
    std::ifstream in(file.path(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    EXPECT_EQ(bytes.find(secret), std::string::npos) << file.path();
  }
}

TEST(PrefixEnd, IsTheFirstKeyAfterAllThatBeginWithThePrefix) {
  EXPECT_EQ(prefix_end("ab"), "ac");
  EXPECT_EQ(prefix_end("a\xff"), "b");
  EXPECT_EQ(prefix_end("\xff\xff"), "");
}

}  // namespace
}  // namespace dealog
