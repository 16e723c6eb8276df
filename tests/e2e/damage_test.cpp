// Bytes of a stopped folder that the disk gives back otherwise than they were written: what a
// running server says when it meets them, and what `rebuild` mends.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"
#include "tests/support/eventually.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int kTouches = 400;

class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    deal_ = must(studio_.api().post("/v1/deals", {{"title", "Disk"}}), 201).str("/id");
    for (int i = 0; i < kTouches; ++i) {
      must(touch(i), 201);
    }
    // What a start finds in write-ahead files it writes into tables.
    ASSERT_EQ(studio_.restart_gracefully(), 0);
    ASSERT_EQ(studio_.server.terminate(), 0);
  }
  Answer touch(int number) {
    return studio_.api().post("/v1/deals/" + deal_ + "/touches",
                              {{"kind", "call"},
                               {"direction", "out"},
                               {"outcome", "connected"},
                               {"note", std::to_string(number) + std::string(500, '.')}});
  }
  void start() {
    studio_.server.start();
    studio_.api().move_to(studio_.server.port());
  }

  // In the middle of the largest table below a folder.
  void flip_a_byte(const fs::path& below) {
    fs::path largest;
    std::uintmax_t size = 0;
    for (const auto& entry : fs::recursive_directory_iterator(below)) {
      if (entry.path().extension() != ".sst" || entry.file_size() <= size) continue;
      largest = entry.path();
      size = entry.file_size();
    }
    ASSERT_GT(size, 0U) << "no table below " << below;
    std::fstream file(largest, std::ios::in | std::ios::out | std::ios::binary);
    const auto place = static_cast<std::streamoff>(size / 2);
    file.seekg(place);
    const int byte = file.get();
    file.seekp(place);
    file.put(static_cast<char>(byte ^ 0xff));
  }

  Answer read_all_events() {
    std::string after = "0";
    for (;;) {
      Answer page = studio_.api().get("/v1/events?limit=500&after=" + after);
      if (page.status != 200 || !has(page.body, "/next_cursor")) return page;
      after = page.str("/next_cursor");
    }
  }

  Studio studio_;
  std::string deal_;
};

TEST_F(Damage, OfTheLogTurnsReadyzRedAndStopsWritesAndNotReads) {
  flip_a_byte(studio_.server.data() / "log");
  start();
  ApiClient anybody(studio_.server.port(), "");
  expect_problem(read_all_events(), 500, "storage_corrupted");
  // From that moment on, not when somebody comes to look.
  expect_problem(studio_.api().post("/v1/deals", {{"title", "At once"}}), 503, "log_stopped");
  const Answer red = must(anybody.get("/readyz"), 503);
  EXPECT_THAT(red.str("/storage"), HasSubstr("Bytes on the disk are damaged"));
  EXPECT_THAT(red.str("/storage"), HasSubstr("dealog verify"));
  EXPECT_THAT(red.str("/storage"), HasSubstr("dealog restore"));
  EXPECT_THAT(must(anybody.get("/metrics"), 200).text, HasSubstr("dealog_storage_damaged 1\n"));
  const auto open_another = [&] { return studio_.api().post("/v1/deals", {{"title", "Next"}}); };
  expect_problem(open_another(), 503, "log_stopped");
  EXPECT_TRUE(testing_support::eventually(
      [&] { return studio_.server.errors().find("damaged; nothing more") != std::string::npos; }));
  // It is nothing that a supervisor's restart would mend, so the process stays.
  EXPECT_EQ(must(studio_.api().get("/v1/deals/" + deal_), 200).str("/title"), "Disk");
  EXPECT_THAT(studio_.server.errors(), HasSubstr("bytes on the disk are damaged"));
  EXPECT_EQ(studio_.server.terminate(), 0);
  const Finished verified = run_dealog({"verify", "--data", studio_.server.data().string()});
  EXPECT_EQ(verified.exit_code, 1);
  EXPECT_THAT(verified.output + verified.errors, HasSubstr("cannot be read"));
}

TEST_F(Damage, OfTheViewsIsMendedByARebuild) {
  flip_a_byte(studio_.server.data() / "views");
  const Finished rebuilt = run_dealog({"rebuild", "--data", studio_.server.data().string()});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;
  EXPECT_THAT(rebuilt.output, HasSubstr("the old views cannot be compared"));
  start();
  EXPECT_EQ(must(studio_.api().get("/v1/deals/" + deal_), 200).str("/title"), "Disk");
  must(touch(kTouches), 201);
}

TEST_F(Damage, ATableOfTheViewsThatIsGoneIsNoReasonNotToStart) {
  for (const auto& entry : fs::recursive_directory_iterator(studio_.server.data() / "views")) {
    if (entry.path().extension() == ".sst") fs::remove(entry.path());
  }
  start();
  EXPECT_EQ(must(studio_.api().get("/v1/deals/" + deal_), 200).str("/title"), "Disk");
  EXPECT_THAT(studio_.server.errors(), HasSubstr("the views are damaged and are made anew"));
}

}  // namespace
}  // namespace dealog::e2e
