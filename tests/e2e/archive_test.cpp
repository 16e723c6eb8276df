// The log as segments that never change: written while the service runs, checked alone, and a data
// folder made of them again.
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

struct Archiving {
  Studio studio;
  testing_support::TempFolder folder;
  fs::path archive() const { return folder.path() / "archive"; }
  fs::path data() const { return studio.server.data(); }

  Answer open_deal(const std::string& title) {
    return must(studio.api().post("/v1/deals", {{"title", title}, {"source", "fair"}}), 201);
  }
  Finished take(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"archive", archive().string(), "--data", data().string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dealog(arguments);
  }
  Finished verify(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"archive", archive().string(), "--verify"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_dealog(arguments);
  }
  std::vector<fs::path> segments() const {
    std::vector<fs::path> all;
    for (const auto& entry : fs::directory_iterator(archive())) {
      if (entry.path().extension() == ".segment") all.push_back(entry.path());
    }
    std::ranges::sort(all);
    return all;
  }
};

TEST(Archive, IsWrittenWhileTheServiceRunsAndOnlyWhatIsNewIsAdded) {
  Archiving it;
  for (int i = 0; i < 5; ++i) it.open_deal("Deal " + std::to_string(i));
  const Finished first = it.take();
  ASSERT_EQ(first.exit_code, 0) << first.output << first.errors;
  EXPECT_THAT(first.output, HasSubstr("from the running service"));
  EXPECT_EQ(it.segments().size(), 1U);
  EXPECT_THAT(it.take().output, HasSubstr("0 new segments"));
  it.open_deal("One more");
  it.studio.server.terminate();
  const Finished second = it.take();
  ASSERT_EQ(second.exit_code, 0) << second.output << second.errors;
  EXPECT_EQ(it.segments().size(), 2U);
  for (const auto& more : {std::vector<std::string>{}, {"--data", it.data().string()}}) {
    const Finished verified = it.verify(more);
    EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
    EXPECT_THAT(verified.output, HasSubstr("signed head"));
  }
}

TEST(Archive, DamageIsNamedByItsPosition) {
  Archiving it;
  for (int i = 0; i < 5; ++i) it.open_deal("Deal " + std::to_string(i));
  ASSERT_EQ(it.take({"--segment-events", "5"}).exit_code, 0);
  const auto segments = it.segments();
  ASSERT_GE(segments.size(), 2U);
  fs::resize_file(segments[1], fs::file_size(segments[1]) - 10);
  const Finished verified = it.verify();
  EXPECT_EQ(verified.exit_code, 1);
  const auto first = std::stoull(segments[1].filename().string().substr(0, 20));
  EXPECT_THAT(verified.output, HasSubstr("the first at position " + std::to_string(first)));
  EXPECT_EQ(run_dealog({"archive", (it.folder.path() / "none").string(), "--verify"}).exit_code, 1);
}

TEST(Archive, BecomesADataFolderThatServesTheSame) {
  Archiving it;
  const Answer deal = it.open_deal("Kept for years");
  it.open_deal("Another");
  const std::string id = deal.str("/id");
  const std::string board = it.studio.api().read("/v1/deals?limit=50").text;
  const std::string timeline = it.studio.api().read("/v1/deals/" + id + "/timeline").text;
  const std::string token = it.studio.server.owner_token();
  ASSERT_EQ(it.take({"--segment-events", "3"}).exit_code, 0);
  it.studio.server.terminate();
  const fs::path again = it.folder.path() / "again";
  const Finished made = run_dealog(
      {"archive", it.archive().string(), "--import", again.string(), "--data", it.data().string()});
  ASSERT_EQ(made.exit_code, 0) << made.output << made.errors;
  const Finished verified = run_dealog({"verify", "--data", again.string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  DealogProcess server(again);
  server.start();
  ApiClient api(server.port(), token);
  EXPECT_EQ(api.read("/v1/deals?limit=50").text, board);
  EXPECT_EQ(api.read("/v1/deals/" + id + "/timeline").text, timeline);
  must(api.post("/v1/deals", {{"title", "Goes on"}, {"source", "fair"}}), 201);
}

}  // namespace
}  // namespace dealog::e2e
