// The demo company as `deploy/dev run` makes it: at its full size, with nothing but defaults.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/studio.hpp"

namespace dealog::e2e {
namespace {

using ::testing::HasSubstr;

// Ten seconds on a quiet machine.
constexpr std::chrono::seconds kMadeWithin{180};
// A sanitizer makes it ten times slower.
#ifdef DEALOG_SANITIZED
constexpr const char* kDeals = "300";
#else
constexpr const char* kDeals = "2000";
#endif

TEST(Demo, TheWholeCompanyIsMadeSoundAndServed) {
  const testing_support::TempFolder folder;
  const auto data = folder.path() / "data";
  const Finished made = run_dealog(
      {"demo", "--data", data.string(), "--deals", kDeals, "--until", "2026-11-20T15:30:00+03:00"},
      kMadeWithin);
  ASSERT_EQ(made.exit_code, 0) << made.output << made.errors;
  const Finished verified = run_dealog({"verify", "--data", data.string()});
  EXPECT_EQ(verified.exit_code, 0) << verified.output << verified.errors;
  const Finished rebuilt = run_dealog({"rebuild", "--data", data.string()});
  EXPECT_EQ(rebuilt.exit_code, 0) << rebuilt.output << rebuilt.errors;

  DealogProcess server(data);
  server.start();
  ApiClient api(server.port(), server.owner_token());
  EXPECT_THAT(api.read("/v1/board").text, HasSubstr("negotiation"));
  EXPECT_EQ(server.terminate(), 0);
}

}  // namespace
}  // namespace dealog::e2e
