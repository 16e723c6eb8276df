// A back-test over generated histories finds what an oracle finds the long way, and what the rules,
// live over the same history, do.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/support/rule_histories.hpp"

namespace dealog::testing {
namespace {

RC_GTEST_PROP(Backtest, FindsWhatTheOracleFinds, ()) {
  const auto plan = any_plan();
  const auto expected = oracle_firings(plan.facts, plan.rules, plan.from, plan.end);
  RC_PRE(expected.has_value());
  RC_ASSERT(backtest_firings(plan) == *expected);
  RC_CLASSIFY(!expected->empty(), "something fired");
}

RC_GTEST_PROP(Backtest, FindsWhatTheRulesDoLiveOverTheSameHistory, ()) {
  const auto plan = any_plan();
  RC_ASSERT(backtest_firings(plan) == live_firings(plan));
}

RC_GTEST_PROP(Backtest, FindsTheSameWhenTheRulesWereLiveThen, ()) {
  const auto plan = any_plan();
  const LiveRun live(plan);
  RC_ASSERT(live.tried_again() == live.firings());
}

}  // namespace
}  // namespace dealog::testing
