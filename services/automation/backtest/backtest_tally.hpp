// What a trial's appends come to.
#pragma once

#include <set>
#include <span>

#include "services/automation/backtest/backtest.hpp"

namespace dealog::automation {

// Thread: one.
class BacktestTally {
 public:
  explicit BacktestTally(BacktestResult& result) : result_(result) {}

  // The events of one append that a rule made.
  void add(std::span<const RecordedEvent> append);
  void finish();

 private:
  void keep(RuleAct act);
  void add_sent(std::span<const RecordedEvent> events);

  BacktestResult& result_;
  std::map<std::string, std::set<std::string>> deals_;  // by rule
};

}  // namespace dealog::automation
