// The power goes while the log is written to, opened, flushed or compacted: everything that was
// acknowledged or shown is there, once, at its place, and the log fits together. DEALOG_SEED
// repeats a run, DEALOG_CUTS says how often the power goes.
#include <cstdlib>
#include <iostream>

#include <gtest/gtest.h>

#include "tests/crash/power_cuts.hpp"
#include "tests/support/soak.hpp"

namespace dealog::testing {
namespace {

constexpr std::uint64_t kCuts = 40;
// A folder is used for so many rounds, so that logs with a history lose their power as well as
// young ones, and the time of a check stays bounded.
constexpr std::uint64_t kCutsAFolder = 10;

TEST(PowerLoss, LosesNothingThatWasAcknowledgedOrShown) {
  const QuietErrors quiet;
  const auto cuts = soak_number("DEALOG_CUTS", kCuts);
  const auto seed = soak_seed();
  std::uint64_t acknowledged = 0;
  std::uint64_t done = 0;
  int while_opening = 0;
  while (done < cuts) {
    PowerCuts power(seed + done);
    for (std::uint64_t i = 0; i < kCutsAFolder && done < cuts; ++i, ++done) {
      const auto found = power.round();
      ASSERT_TRUE(found.empty()) << "DEALOG_SEED=" << seed << ", cut " << done << ": "
                                 << joined(found);
    }
    acknowledged += power.ledger().acknowledged();
    while_opening += power.cuts_while_opening();
  }
  EXPECT_GT(acknowledged, 20 * cuts) << "too few to say anything";
  tally("power_cuts", cuts, acknowledged);
  std::cout << cuts << " power cuts, " << while_opening << " of them while opening, "
            << acknowledged << " appends acknowledged, 0 lost (seed " << seed << ")\n";
}

// Without these the test above would prove nothing.
class PowerLossNotices : public ::testing::TestWithParam<DiskLie> {};

TEST_P(PowerLossNotices, ADiskThatLies) {
  const QuietErrors quiet;
  const auto seed = soak_seed();
  for (std::uint64_t folder = 0; folder < 10; ++folder) {
    PowerCuts power(seed + folder, GetParam());
    for (int i = 0; i < 5; ++i) {
      if (!power.round().empty()) return;
    }
  }
  FAIL() << "a disk that lies went unnoticed for 50 power cuts, seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Lies, PowerLossNotices,
                         ::testing::Values(DiskLie::kSyncDoesNothing, DiskLie::kSyncIsLate,
                                           DiskLie::kFolderSyncDoesNothing),
                         [](const auto& lie) {
                           switch (lie.param) {
                             case DiskLie::kSyncDoesNothing:
                               return "SyncDoesNothing";
                             case DiskLie::kSyncIsLate:
                               return "SyncIsLate";
                             default:
                               return "FolderSyncDoesNothing";
                           }
                         });

}  // namespace
}  // namespace dealog::testing
