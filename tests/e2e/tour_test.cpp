// Runs the five-minute tour of README.md, so that it cannot rot. The convention is in README.md of
// this folder.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

constexpr std::string_view kHeading = "## Five-minute tour";
constexpr std::string_view kExpected = "# → ";

struct Tour {
  bool found = false;
  std::string script;
  std::vector<std::string> expected;  // texts of the lines "# → text"
};

Tour tour_of(const std::filesystem::path& readme) {
  Tour tour;
  std::ifstream in(readme);
  bool in_code = false;
  for (std::string line; std::getline(in, line);) {
    if (!in_code && line.starts_with("## ")) tour.found = line == kHeading;
    if (!in_code && line.starts_with("## ") && line != kHeading && !tour.script.empty()) break;
    if (!tour.found && tour.script.empty()) continue;
    if (line == "```sh") {
      in_code = true;
    } else if (line.starts_with("```")) {
      in_code = false;
    } else if (in_code) {
      if (line.starts_with(kExpected)) tour.expected.push_back(line.substr(kExpected.size()));
      tour.script += line + "\n";
    }
  }
  tour.found = tour.found || !tour.script.empty();
  return tour;
}

TEST(Tour, EveryCommandOfTheReadmeWorksAndPrintsWhatItSays) {
  const std::filesystem::path readme =
      std::filesystem::path(std::getenv("DEALOG_SOURCE_DIR")) / "README.md";
  const Tour tour = tour_of(readme);
  ASSERT_TRUE(tour.found) << "README.md has no heading '" << kHeading << "'";
  ASSERT_FALSE(tour.script.empty()) << "the tour has no ```sh block";
  ASSERT_FALSE(tour.expected.empty()) << "the tour promises nothing: write lines '# → text'";
  Studio studio;
  const Finished finished =
      run({"bash", "-euo", "pipefail", "-c", tour.script}, std::chrono::seconds(120),
          {"BASE=" + studio.server.url(), "TOKEN=" + studio.server.owner_token()});
  EXPECT_EQ(finished.exit_code, 0) << finished.output << finished.errors;
  // In the order in which they stand there.
  std::size_t from = 0;
  for (const std::string& text : tour.expected) {
    const auto at = finished.output.find(text, from);
    EXPECT_NE(at, std::string::npos) << "not in what followed: " << text << "\n"
                                     << finished.output << finished.errors;
    if (at != std::string::npos) from = at + text.size();
  }
}

TEST(Tour, ReadsTheBlocksUnderItsHeadingAlone) {
  const testing_support::TempFolder folder;
  const auto file = folder.path() / "README.md";
  std::ofstream(file)
      << "# X\n```sh\nbefore\n```\n## Five-minute tour\ntext\n```sh\n# a comment\n"
         "echo one\n# → one\n```\n```json\n{}\n```\n### More\n```sh\necho two\n```\n"
         "## After\n```sh\nafter\n```\n";
  const Tour tour = tour_of(file);
  EXPECT_TRUE(tour.found);
  EXPECT_EQ(tour.script, "# a comment\necho one\n# → one\necho two\n");
  EXPECT_THAT(tour.expected, ::testing::ElementsAre("one"));
  std::ofstream(file) << "# X\n## Other\n```sh\nx\n```\n";
  EXPECT_FALSE(tour_of(file).found);
}

}  // namespace
}  // namespace dealog::e2e
