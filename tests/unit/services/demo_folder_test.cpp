// The demo company as a folder: the same from the same seed, sound, complete or not there.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "libs/eventlog/verify.hpp"
#include "services/dealog/scratch_folder.hpp"
#include "tests/unit/services/demo_fixture.hpp"

namespace dealog {
namespace {

using testing::CompanyFolder;
using testing::must;
using testing::OpenedCompany;
namespace fs = std::filesystem;

demo::CompanyOptions tiny(const fs::path& data, std::uint64_t seed) {
  auto options = testing::small_company(data, seed);
  options.deals = 50;
  options.months = 2;
  return options;
}

// What of an event does not depend on keys and random secrets.
std::string trace_of(const RecordedEvent& event) {
  std::string trace = fmt::format("{} {} {} {} {} {} {} {}\n", event.position.value, event.stream,
                                  event.version.value, event.id.hex(), event.type->name,
                                  event.recorded.us, event.actor.id, event.causation_id.hex());
  for (const char* prefix : {"deal_", "per_", "com_", "pay_"}) {
    if (event.stream.starts_with(prefix)) trace += event.payload->DebugString();
  }
  return trace;
}

std::vector<std::string> traces_of(const fs::path& data) {
  OpenedCompany company(data);
  std::vector<std::string> traces;
  for (const auto& event : company.events()) traces.push_back(trace_of(event));
  return traces;
}

TEST(DemoFolder, TheSameSeedMakesTheSameCompanyToTheLastEvent) {
  const CompanyFolder one, two, other;
  must(demo::fill_company(tiny(one.path(), 3)));
  must(demo::fill_company(tiny(two.path(), 3)));
  must(demo::fill_company(tiny(other.path(), 4)));
  const auto first = traces_of(one.path());
  const auto second = traces_of(two.path());
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) ASSERT_EQ(first[i], second[i]);
  EXPECT_NE(first, traces_of(other.path()));
}

TEST(DemoFolder, ItsLogIsSound) {
  const CompanyFolder folder;
  const auto made = must(demo::fill_company(tiny(folder.path(), 5)));
  const auto report = must(verify_log({.folder = folder.path() / "log"}));
  EXPECT_TRUE(report.is_sound()) << report.first->what;
  EXPECT_EQ(report.events, made.events);
}

TEST(DemoFolder, AppearsWholeWithTheOwnersTokenForHimAlone) {
  const CompanyFolder folder;
  const fs::path data = folder.path() / "company";
  {
    auto scratch = must(ScratchFolder::open(data));
    must(demo::fill_company(tiny(scratch.path(), 6)));
    EXPECT_FALSE(fs::exists(data));
    ASSERT_TRUE(scratch.put_in_place());
  }
  struct stat token = {};
  ASSERT_EQ(::stat((data / "owner-token").c_str(), &token), 0);
  EXPECT_EQ(token.st_mode & 0777u, 0600u);
  EXPECT_FALSE(fs::exists(data.string() + ".partial"));
  EXPECT_FALSE(traces_of(data).empty());
}

TEST(DemoFolder, AnInterruptedRunLeavesNothing) {
  const CompanyFolder folder;
  const fs::path data = folder.path() / "company";
  fs::path scratch_path;
  {
    auto scratch = must(ScratchFolder::open(data));
    scratch_path = scratch.path();
    auto options = tiny(scratch.path(), 6);
    int steps = 0;
    options.interrupted = [&] { return ++steps == 100; };
    const auto made = demo::fill_company(options);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, "interrupted");
  }
  EXPECT_FALSE(fs::exists(data));
  EXPECT_FALSE(fs::exists(scratch_path));
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(DemoFolder, AFolderWithSomethingInItIsLeftAlone) {
  const CompanyFolder folder;
  fs::create_directories(folder.path() / "company" / "log");
  const auto refused = ScratchFolder::open(folder.path() / "company");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "data_folder_not_empty");
  EXPECT_TRUE(fs::exists(folder.path() / "company" / "log"));
}

TEST(DemoFolder, AnotherPipelinesRegulationIsRefused) {
  const CompanyFolder folder;
  const fs::path file = folder.path() / "short.yaml";
  std::ofstream(file) << "code: short\n"
                         "title: {ru: Короткая, en: Short}\n"
                         "currency: RUB\n"
                         "stages:\n"
                         "  - code: incoming\n"
                         "    title: {ru: Заявка, en: Lead}\n"
                         "    moves: [done]\n"
                         "  - code: done\n"
                         "    title: {ru: Готово, en: Done}\n"
                         "    wins_when:\n"
                         "      - balance: cleared\n"
                         "loss_reasons:\n"
                         "  - {code: other, title: {ru: Другое, en: Other}}\n";
  auto options = tiny(folder.path() / "data", 1);
  options.regulation = file;
  const auto made = demo::fill_company(options);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, "regulation_unfit") << made.error().message;
}

}  // namespace
}  // namespace dealog
