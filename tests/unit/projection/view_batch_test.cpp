#include "libs/projection/view_batch.hpp"

#include <gtest/gtest.h>

#include "dealog/v1/views.pb.h"
#include "libs/projection/memory_view_store.hpp"

namespace dealog {
namespace {

class Batch : public ::testing::Test {
 protected:
  std::size_t write() {
    const auto rows = batch_.collect();
    EXPECT_TRUE(store_.write(rows));
    return rows.size();
  }
  void set(const std::string& key, const std::string& name) {
    batch_.edit<v1::Pair>(key).set_name(name);
  }
  std::string stored(const std::string& key) {
    v1::Pair row;
    const auto bytes = store_.get(key).value();
    return bytes && row.ParseFromString(*bytes) ? row.name() : "";
  }

  MemoryViewStore store_;
  ViewBatch batch_{store_};
};

TEST_F(Batch, WritesARowOnceHoweverOftenItChanged) {
  for (int i = 0; i < 100; ++i) set("a", std::to_string(i));
  EXPECT_EQ(write(), 1u);
  EXPECT_EQ(stored("a"), "99");
}

TEST_F(Batch, ContinuesARowThatTheStoreHolds) {
  set("a", "before");
  write();
  ViewBatch later(store_);
  EXPECT_EQ(later.edit<v1::Pair>("a").name(), "before");
}

TEST_F(Batch, WritesNothingForRowsThatWereOnlyLookedAt) {
  set("a", "x");
  write();
  EXPECT_EQ(batch_.find<v1::Pair>("a")->name(), "x");
  EXPECT_EQ(batch_.find<v1::Pair>("b"), nullptr);
  EXPECT_EQ(write(), 0u);
}

TEST_F(Batch, ChangesAParsedRowAtItsPlace) {
  set("a", "x");
  write();
  ViewBatch later(store_);
  EXPECT_FALSE(later.place_of("a")) << "nobody has asked for it yet";
  EXPECT_EQ(later.find<v1::Pair>("a")->name(), "x");
  const auto place = later.place_of("a");
  ASSERT_TRUE(place);
  EXPECT_EQ(place.row<v1::Pair>().name(), "x");
  EXPECT_TRUE(later.collect().empty()) << "looking changes nothing";
  later.edit<v1::Pair>(later.place_of("a")).set_name("y");
  EXPECT_EQ(later.collect().size(), 1u);
  later.erase("a");
  EXPECT_FALSE(later.place_of("a"));
}

TEST_F(Batch, LooksForNoRowThatIsNew) {
  set("a", "of the store");
  write();
  ViewBatch later(store_);
  EXPECT_EQ(later.edit_new<v1::Pair>("a").name(), "") << "the store was not asked";
  later.edit_new<v1::Pair>("b").set_name("x");
  EXPECT_EQ(later.edit<v1::Pair>("b").name(), "x");
  later.erase("c");
  later.edit_new<v1::Pair>("c").set_name("z");
  EXPECT_EQ(later.collect().size(), 3u);
}

TEST_F(Batch, ARowThatIsErasedAndMadeAgainStartsEmpty) {
  set("a", "old");
  write();
  batch_.erase("a");
  EXPECT_EQ(batch_.find<v1::Pair>("a"), nullptr);
  EXPECT_EQ(batch_.edit<v1::Pair>("a").name(), "");
  batch_.edit<v1::Pair>("a").set_value("new");
  write();
  EXPECT_EQ(stored("a"), "");
  EXPECT_TRUE(store_.get("a").value());
}

TEST_F(Batch, ErasingDeletesTheRowInTheStore) {
  set("a", "x");
  write();
  batch_.erase("a");
  EXPECT_EQ(write(), 1u);
  EXPECT_FALSE(store_.get("a").value());
}

TEST_F(Batch, AnIndexRowWithTheSameBytesIsNotWrittenAgain) {
  batch_.put_if_changed("i", "same");
  EXPECT_EQ(write(), 1u);
  batch_.put_if_changed("i", "same");
  EXPECT_EQ(write(), 0u);
  ViewBatch later(store_);
  later.put_if_changed("i", "same");
  EXPECT_TRUE(later.collect().empty());
  later.put_if_changed("i", "other");
  EXPECT_EQ(later.collect().size(), 1u);
}

TEST_F(Batch, AnIndexRowThatEndsWithinAPageIsNeverWritten) {
  batch_.add_index("i1", "brief");
  batch_.add_index("i2", "lasting");
  EXPECT_EQ(batch_.dirty(), 2u);
  batch_.remove_index("i1");
  EXPECT_EQ(write(), 1u);
  EXPECT_FALSE(store_.get("i1").value());
  EXPECT_EQ(store_.get("i2").value(), "lasting");
  batch_.remove_index("i2");
  EXPECT_EQ(write(), 1u);
  EXPECT_FALSE(store_.get("i2").value());
  EXPECT_EQ(write(), 0u);
}

TEST_F(Batch, IndexRowsComeInTheOrderOfKeysAmongTheOthers) {
  set("b", "x");
  set("d", "x");
  for (const char* key : {"e", "a", "c"}) batch_.add_index(key, "");
  std::string order;
  for (const auto& row : batch_.collect()) order += row.key;
  EXPECT_EQ(order, "abcde");
}

TEST_F(Batch, ARowIsSoughtInTheStoreAndChangedAtItsPlace) {
  set("a", "x");
  write();
  ViewBatch later(store_);
  EXPECT_FALSE(later.seek<v1::Pair>("b"));
  const auto place = later.seek<v1::Pair>("a");
  ASSERT_TRUE(place);
  EXPECT_EQ(place.row<v1::Pair>().name(), "x");
  later.edit<v1::Pair>(place).set_name("y");
  EXPECT_EQ(later.collect().size(), 1u);
}

TEST_F(Batch, RowsBeyondTheCacheAreReadFromTheStoreAgain) {
  ViewBatch small(store_, 2);
  for (const char* key : {"a", "b", "c", "d"}) small.edit<v1::Pair>(key).set_name(key);
  ASSERT_TRUE(store_.write(small.collect()));
  for (const char* key : {"a", "b", "c", "d"}) {
    EXPECT_EQ(small.edit<v1::Pair>(key).name(), key);
  }
}

TEST_F(Batch, ARowThatCannotBeReadFailsTheBatch) {
  ASSERT_TRUE(store_.write({{"a", "\xff\xff\xff"}}));
  batch_.edit<v1::Pair>("a");
  ASSERT_TRUE(batch_.error());
  EXPECT_EQ(batch_.error()->code, "view_row_broken");
}

}  // namespace
}  // namespace dealog
