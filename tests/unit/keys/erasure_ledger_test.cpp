#include "libs/keys/erasure_ledger.hpp"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include "tests/support/temp_folder.hpp"

namespace dealog {
namespace {

std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(ErasureLedger, KnowsWhatWasAddedAfterItIsOpenedAgain) {
  const testing_support::TempFolder folder;
  const auto file = folder.path() / "erasures";
  {
    auto ledger = ErasureLedger::open(file).value();
    EXPECT_FALSE(std::filesystem::exists(file)) << "looking makes no file";
    ASSERT_TRUE(ledger.add({"per_1", "dlv_2", "per_1"}).has_value());
    ASSERT_TRUE(ledger.add({"per_1"}).has_value());
    ASSERT_TRUE(ledger.add({"per_3"}).has_value());
  }
  const auto ledger = ErasureLedger::open(file).value();
  EXPECT_EQ(ledger.subjects(), (std::set<std::string, std::less<>>{"dlv_2", "per_1", "per_3"}));
  EXPECT_EQ(bytes_of(file), "dealog erasures 1\nper_1\ndlv_2\nper_3\n");
}

TEST(ErasureLedger, ATornLineIsCutOff) {
  const testing_support::TempFolder folder;
  const auto file = folder.path() / "erasures";
  std::ofstream(file) << "dealog erasures 1\nper_1\nper_";
  auto ledger = ErasureLedger::open(file).value();
  EXPECT_EQ(ledger.subjects().size(), 1U);
  ASSERT_TRUE(ledger.add({"per_2"}).has_value());
  EXPECT_EQ(bytes_of(file), "dealog erasures 1\nper_1\nper_2\n");
}

TEST(ErasureLedger, AnythingElseIsRefusedByLine) {
  const testing_support::TempFolder folder;
  const auto file = folder.path() / "erasures";
  std::ofstream(file) << "something else\n";
  EXPECT_EQ(ErasureLedger::open(file).error().code, "erasures_broken");
  std::ofstream(file) << "dealog erasures 1\nper_1\nOlga Drilling\n";
  const auto broken = ErasureLedger::open(file);
  ASSERT_FALSE(broken.has_value());
  EXPECT_NE(broken.error().message.find("line 3"), std::string::npos) << broken.error().message;
  auto ledger = ErasureLedger::open(folder.path() / "other").value();
  EXPECT_FALSE(ledger.add({"two\nlines"}).has_value());
}

TEST(ErasureLedger, AFolderThatIsNotThereIsAnError) {
  const testing_support::TempFolder folder;
  auto ledger = ErasureLedger::open(folder.path() / "none" / "erasures").value();
  EXPECT_EQ(ledger.add({"per_1"}).error().code, "erasures_unusable");
}

}  // namespace
}  // namespace dealog
