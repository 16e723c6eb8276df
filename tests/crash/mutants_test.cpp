// Each mistake that somebody could have made in the committer is noticed by power cuts or errors of
// the disk; if one were not, a log with none would prove nothing.
#include "tests/crash/mutants.hpp"

#include <gtest/gtest.h>

#include "tests/crash/disk_errors.hpp"
#include "tests/crash/power_cuts.hpp"
#include "tests/support/racing_clients.hpp"
#include "tests/support/soak.hpp"

namespace dealog::testing {
namespace {

// As many as the slowest machine may need; most mutants are noticed in the first.
constexpr std::uint64_t kFolders = 40;
constexpr int kCutsAFolder = 5;

class PowerLossNotices : public ::testing::TestWithParam<std::pair<Mutant, const char*>> {};

TEST_P(PowerLossNotices, TheMutant) {
  const QuietErrors quiet;
  const MutantOn mutant(GetParam().first);
  const auto seed = soak_seed();
  for (std::uint64_t folder = 0; folder < kFolders; ++folder) {
    PowerCuts power(seed + folder);
    for (int i = 0; i < kCutsAFolder; ++i) {
      const auto found = power.round();
      if (found.empty()) continue;
      RecordProperty("noticed_by", found.front());
      return;
    }
  }
  FAIL() << GetParam().second << " went unnoticed, seed " << seed
         << "; is its place in mutate.cmake still there?";
}

#define MUTANT(name) \
  std::pair { Mutant::name, #name }
INSTANTIATE_TEST_SUITE_P(
    Mutants, PowerLossNotices,
    ::testing::Values(MUTANT(kNoSync), MUTANT(kNoWal), MUTANT(kAnswersBeforeTheWrite),
                      MUTANT(kShowsBeforeTheWrite), MUTANT(kCommitRowAhead),
                      MUTANT(kStreamRowLeftOut), MUTANT(kIdRowLeftOut), MUTANT(kTagRowLeftOut),
                      MUTANT(kRawBodyLeftOut), MUTANT(kSubjectKeyLeftOut), MUTANT(kOtherLeaf),
                      MUTANT(kVersionSkipped), MUTANT(kStaleVersions), MUTANT(kSaysRefused)),
    [](const auto& tested) { return tested.param.second + 1; });

// The copy without a mistake is as good as the original.
TEST(PowerLossNotices, NothingWithoutAMutant) {
  const QuietErrors quiet;
  PowerCuts power(soak_seed());
  for (int i = 0; i < kCutsAFolder; ++i) {
    const auto found = power.round();
    ASSERT_TRUE(found.empty()) << joined(found);
  }
}

class DiskErrorsNotice : public ::testing::TestWithParam<std::pair<Mutant, const char*>> {};

TEST_P(DiskErrorsNotice, TheMutant) {
  const QuietErrors quiet;
  const MutantOn mutant(GetParam().first);
  const auto seed = soak_seed();
  bool struck = true;
  for (std::uint64_t n = 1; struck; ++n) {
    DiskErrorRun run(seed + n);
    if (!run.run({.call = DiskCall::kSync, .n = n}, n % 2 == 0).empty()) return;
    struck = run.has_struck();
  }
  FAIL() << GetParam().second << " went unnoticed, seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Mutants, DiskErrorsNotice,
                         ::testing::Values(MUTANT(kSaysRefused), MUTANT(kGoesOn)),
                         [](const auto& tested) { return tested.param.second + 1; });

class HistoryNotices : public ::testing::TestWithParam<std::pair<Mutant, const char*>> {};

TEST_P(HistoryNotices, TheMutant) {
  const MutantOn mutant(GetParam().first);
  const auto seed = soak_seed();
  for (std::uint64_t run = 0; run < 60; ++run) {
    SystemClock clock;
    RocksStore store(clock);
    if (!race_and_check(store.log(), seed + run * 100, 4, 60).empty()) return;
  }
  FAIL() << GetParam().second << " went unnoticed, seed " << seed;
}

INSTANTIATE_TEST_SUITE_P(Mutants, HistoryNotices,
                         ::testing::Values(MUTANT(kNoVersionCheck), MUTANT(kNoTagCheck),
                                           MUTANT(kReusedKeyAccepted), MUTANT(kForgetsIds)),
                         [](const auto& tested) { return tested.param.second + 1; });

}  // namespace
}  // namespace dealog::testing
