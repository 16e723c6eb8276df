// EIO and ENOSPC at the n-th call of each kind, for every n until the workload comes to its end:
// nothing that was acknowledged is lost, no failed write is answered as a refusal, the log stops
// and keeps serving reads, and works again once it is opened on a disk that works. By itself each n
// gets one of the eight forms of an error, drawn by the seed; DEALOG_ALL_ERRORS=1 tries all of
// them.
#include "tests/crash/disk_errors.hpp"

#include <iostream>

#include <gtest/gtest.h>

#include "tests/support/soak.hpp"

namespace dealog::testing {
namespace {

class DiskErrors : public ::testing::TestWithParam<std::pair<DiskCall, const char*>> {};

// Which error, once or for good, with a power loss or without.
constexpr std::uint64_t kForms = 8;

TEST_P(DiskErrors, AtTheNthCallLoseNothingThatWasAcknowledged) {
  const QuietErrors quiet;
  const auto seed = soak_seed();
  const bool all = soak_number("DEALOG_ALL_ERRORS", 0) != 0;
  std::mt19937_64 random(seed);
  bool struck = true;
  std::uint64_t runs = 0;
  std::uint64_t acknowledged = 0;
  std::uint64_t n = 1;
  for (; struck; ++n) {
    struck = false;
    const auto drawn = random() % kForms;
    for (std::uint64_t form = 0; form < kForms; ++form) {
      if (!all && form != drawn) continue;
      DiskErrorRun run(seed + n);
      const DiskFault fault{.call = GetParam().first,
                            .n = n,
                            .error = (form & 1) == 0 ? DiskError::kIo : DiskError::kNoSpace,
                            .for_good = (form & 2) != 0};
      const auto found = run.run(fault, (form & 4) != 0);
      ++runs;
      acknowledged += run.acknowledged();
      ASSERT_TRUE(found.empty()) << "DEALOG_SEED=" << seed << ", " << GetParam().second << " " << n
                                 << ", form " << form << ": " << joined(found);
      struck = struck || run.has_struck();
    }
  }
  tally("disk_errors", runs, acknowledged);
  std::cout << GetParam().second << ": an error at each of " << n - 2 << " calls, " << runs
            << " runs (seed " << seed << ")\n";
}

#define CALL(name) \
  std::pair { DiskCall::name, #name }
INSTANTIATE_TEST_SUITE_P(Calls, DiskErrors,
                         ::testing::Values(CALL(kCreate), CALL(kOpen), CALL(kRead), CALL(kWrite),
                                           CALL(kSync), CALL(kSyncFolder), CALL(kRename),
                                           CALL(kRemove)),
                         [](const auto& tested) { return tested.param.second + 1; });

// A full disk fails files that grow while write-ahead files, which are used again, still take
// writes: the log stops all the same, in time, and does not wait for space that may never come.
class FullDisk : public ::testing::TestWithParam<std::pair<DiskCall, const char*>> {};

TEST_P(FullDisk, StopsTheLogThoughItsWriteAheadFileHasRoom) {
  const QuietErrors quiet;
  for (const auto error : {DiskError::kNoSpace, DiskError::kIo}) {
    DiskErrorRun run(1);
    EXPECT_TRUE(run.stops_within(
        {.call = GetParam().first, .error = error, .for_good = true, .suffix = ".sst"},
        std::chrono::seconds(60)));
  }
}

INSTANTIATE_TEST_SUITE_P(Calls, FullDisk,
                         ::testing::Values(CALL(kCreate), CALL(kWrite), CALL(kSync)),
                         [](const auto& tested) { return tested.param.second + 1; });

}  // namespace
}  // namespace dealog::testing
