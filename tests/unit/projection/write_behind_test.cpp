#include "libs/projection/write_behind.hpp"

#include <future>

#include <gtest/gtest.h>

#include "libs/projection/memory_view_store.hpp"

namespace dealog {
namespace {

// A store whose writes wait until they are let through.
class Gate final : public ViewStore {
 public:
  Result<std::optional<std::string>> get(std::string_view key) const override {
    return rows_.get(key);
  }
  Result<void> scan(std::string_view begin, std::string_view end, ScanOrder order,
                    const RowVisitor& visit) const override {
    return rows_.scan(begin, end, order, visit);
  }
  Result<std::unique_ptr<ViewSnapshot>> snapshot() const override { return rows_.snapshot(); }
  Result<void> write(std::vector<RowWrite> rows) override {
    open_.get_future().wait();
    if (failing) return fail(ErrorKind::kInternal, "storage_full", "no space");
    return rows_.write(std::move(rows));
  }
  Result<void> make_durable() override {
    ++durable;
    return {};
  }
  Result<void> purge_deleted(std::string_view) override { return {}; }

  void let_through() { open_.set_value(); }
  void close_again() { open_ = {}; }

  bool failing = false;
  int durable = 0;

 private:
  MemoryViewStore rows_;
  std::promise<void> open_;
};

TEST(WriteBehind, ShowsThePageThatIsOnItsWay) {
  Gate gate;
  WriteBehind behind(gate);
  ASSERT_TRUE(behind.write({{"a", "1"}, {"b", std::nullopt}, {"c", "3"}}));
  EXPECT_EQ(behind.get("a").value(), "1");
  EXPECT_EQ(behind.get("b").value(), std::nullopt);
  EXPECT_EQ(behind.get("bb").value(), std::nullopt);
  EXPECT_EQ(gate.get("a").value(), std::nullopt) << "it is not written yet";
  gate.let_through();
  ASSERT_TRUE(behind.make_durable());
  EXPECT_EQ(gate.durable, 1);
  EXPECT_EQ(gate.get("c").value(), "3");
  EXPECT_EQ(behind.get("c").value(), "3");
}

TEST(WriteBehind, KeepsPagesInTheirOrder) {
  Gate gate;
  WriteBehind behind(gate);
  ASSERT_TRUE(behind.write({{"a", "1"}, {"b", "1"}}));
  gate.let_through();
  auto snapshot = behind.snapshot();
  ASSERT_TRUE(snapshot);
  EXPECT_EQ((*snapshot)->get("a").value(), "1");
  gate.close_again();
  ASSERT_TRUE(behind.write({{"a", "2"}}));
  EXPECT_EQ(behind.get("a").value(), "2");
  EXPECT_EQ(behind.get("b").value(), "1") << "of the page before";
  gate.let_through();
  int rows = 0;
  ASSERT_TRUE(behind.scan("", "", ScanOrder::kForward, [&](std::string_view, std::string_view) {
    ++rows;
    return true;
  }));
  EXPECT_EQ(rows, 2);
}

TEST(WriteBehind, TellsOfAFailedPageAndWritesNoneAfterIt) {
  Gate gate;
  gate.failing = true;
  WriteBehind behind(gate);
  ASSERT_TRUE(behind.write({{"a", "1"}}));
  gate.let_through();
  EXPECT_EQ(behind.write({{"b", "1"}}).error().code, "storage_full");
  EXPECT_EQ(behind.make_durable().error().code, "storage_full");
  EXPECT_EQ(gate.durable, 0);
  EXPECT_EQ(gate.get("b").value(), std::nullopt);
}

}  // namespace
}  // namespace dealog
