// Generated histories and rules in three forms: for the oracle, as a log to back-test, and played
// live through views and runner.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/support/rule_oracle.hpp"

namespace dealog::testing {

struct RulePlan {
  std::vector<OracleFact> facts;
  std::vector<OracleRule> rules;
  std::int64_t from = 0;  // minute from which the rules are in force
  std::int64_t end = 0;   // until which timers run
};

// A value of RapidCheck; to be called inside a property.
RulePlan any_plan();

// The regulation with the rules, if there are any.
std::string regulation_of(const RulePlan& plan);

// Over a log of the facts, the regulation published without rules before them.
std::vector<OracleFiring> backtest_firings(const RulePlan& plan);

// The rules published live when their minute comes, the facts appended one by one, and after each,
// and whenever a timer runs out, everything carried out that is due.
class LiveRun {
 public:
  explicit LiveRun(const RulePlan& plan);
  ~LiveRun();

  std::vector<OracleFiring> firings() const;
  // A back-test of the same rules over the log that this left.
  std::vector<OracleFiring> tried_again() const;

 private:
  struct Office;
  std::unique_ptr<Office> office_;
};

inline std::vector<OracleFiring> live_firings(const RulePlan& plan) {
  return LiveRun(plan).firings();
}

}  // namespace dealog::testing
