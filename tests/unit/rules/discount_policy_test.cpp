// Who may grant which discount, and who has to be asked.
#include "libs/rules/discount_policy.hpp"

#include <gtest/gtest.h>

#include "tests/unit/rules/sample_regulations.hpp"

namespace dealog::rules {
namespace {

DiscountPolicy two_steps() {
  return {.roles = {{"seller", 1000}, {"supervisor", 2500}, {"owner", 10'000}},
          .steps = {{1000, "supervisor", std::nullopt}, {2500, "owner", std::nullopt}}};
}

std::string needed(const DiscountPolicy& policy, std::string_view role, std::int32_t discount,
                   bool below_floor = false) {
  std::string roles;
  const AskedDiscount asked{discount, below_floor, policy.allowed(role, 1000), role};
  for (const ApprovalStep& step : policy.needed(asked)) roles += step.by + " ";
  EXPECT_EQ(policy.needs_approval(asked), !roles.empty());
  return roles;
}

TEST(DiscountPolicy, AsksWhoeverIsAboveWhatTheAuthorMayGrant) {
  const auto policy = two_steps();
  EXPECT_EQ(needed(policy, "seller", 1000), "");
  EXPECT_EQ(needed(policy, "seller", 1001), "supervisor ");
  EXPECT_EQ(needed(policy, "seller", 2500), "supervisor ");
  EXPECT_EQ(needed(policy, "seller", 2501), "supervisor owner ");
  EXPECT_EQ(needed(policy, "supervisor", 2500), "");
  EXPECT_EQ(needed(policy, "supervisor", 3000), "owner ");
  EXPECT_EQ(needed(policy, "owner", 9000), "");
  EXPECT_EQ(needed(policy, "marketing", 1500), "supervisor ");  // not named: as everybody
}

TEST(DiscountPolicy, AFloorPriceAsksTheLastStep) {
  const auto policy = two_steps();
  EXPECT_EQ(needed(policy, "seller", 0, true), "owner ");
  EXPECT_EQ(needed(policy, "seller", 1500, true), "supervisor owner ");
  EXPECT_EQ(needed(policy, "supervisor", 500, true), "owner ");
  EXPECT_EQ(needed(policy, "owner", 500, true), "");
}

TEST(DiscountPolicy, BetweenWhatIsAllowedAndTheFirstBoundSomebodyDecidesAllTheSame) {
  auto policy = two_steps();
  policy.roles = {{"seller", 500}};
  EXPECT_EQ(needed(policy, "seller", 800), "supervisor ");
  policy.roles = {{"seller", 1500}};  // and above a bound within what he may
  EXPECT_EQ(needed(policy, "seller", 1400), "");
  EXPECT_EQ(needed(policy, "seller", 1600), "supervisor ");
}

TEST(DiscountPolicy, WithoutStepsItSaysOnlyWhetherSomebodyIsAsked) {
  DiscountPolicy policy;
  const AskedDiscount asked{1500, false, 1000, "seller"};
  EXPECT_TRUE(policy.needs_approval(asked));
  EXPECT_TRUE(policy.needed(asked).empty());
  EXPECT_TRUE(policy.needs_approval({0, true, 1000, "owner"}));
  EXPECT_FALSE(policy.needs_approval({1000, false, 1000, ""}));
}

constexpr std::string_view kPolicy = R"(discounts: {seller: 10 %, owner: 100 %}
approval:
  - {above: 10 %, by: supervisor, within: 4 hours}
  - {above: 25 %, by: owner}
below_floor: refuse
)";

std::string with_policy(std::string_view policy) {
  return sound_text_with("discount_without_approval: 12.5 %\n",
                         "discount_without_approval: 12.5 %\n" + std::string(policy));
}

TEST(DiscountPolicy, IsReadFromTheRegulation) {
  const Regulation regulation = parsed_soundly(with_policy(kPolicy));
  const DiscountPolicy& policy = regulation.discounts;
  EXPECT_EQ(policy.allowed("seller", 0), 1000);
  EXPECT_EQ(policy.allowed("supervisor", 1250), 1250);
  ASSERT_EQ(policy.steps.size(), 2u);
  EXPECT_EQ(policy.steps[0].by, "supervisor");
  EXPECT_EQ(policy.steps[0].within->amount, std::chrono::hours(4));
  EXPECT_EQ(policy.steps[1].above_basis_points, 2500);
  EXPECT_TRUE(policy.refuse_below_floor);
}

std::string first_issue(std::string_view policy) {
  const auto parsed = parse_regulation(with_policy(policy));
  return parsed.issues.empty() ? "" : parsed.issues.front().path;
}

TEST(DiscountPolicy, MistakesAreNamed) {
  EXPECT_EQ(first_issue("approval:\n  - {above: 10 %, by: owner}\n  - {above: 5 %, by: owner}\n"),
            "approval[1].above");
  EXPECT_EQ(first_issue("approval:\n  - {above: 10 %, by: owner}\n  - {above: 15 %, by: seller}\n"),
            "approval[1].by");
  EXPECT_EQ(first_issue("approval:\n  - {above: 10 %, by: marketing}\n"), "approval[0].by");
  EXPECT_EQ(first_issue("approval:\n  - {above: 10 %}\n"), "approval[0]");
  EXPECT_EQ(first_issue("approval:\n  - {above: 10 %, by: owner, within: 0 hours}\n"),
            "approval[0].within");
  EXPECT_EQ(first_issue("discounts: {sellers: 10 %}\n"), "discounts");
  EXPECT_EQ(first_issue("below_floor: perhaps\n"), "below_floor");
}

}  // namespace
}  // namespace dealog::rules
