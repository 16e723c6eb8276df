// Rules over the past on a virtual clock: each event of the past is shown, what it triggers is
// carried out in memory, timers run out in between. The derivation of triggers, the judgement and
// the actions are the live ones; only log, keys, rows and clock are the trial's own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/command/command_bus.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/projection/view_batch.hpp"
#include "projections/automation/rules_projector.hpp"
#include "services/automation/backtest/staff_then.hpp"
#include "services/automation/backtest/trial_keys.hpp"
#include "services/automation/backtest/trial_log.hpp"
#include "services/automation/backtest/trial_rows.hpp"
#include "services/automation/rule_work.hpp"

namespace dealog::automation {

// Triggers that a trial carries out; what they make is in memory, about 1 KB each.
inline constexpr std::size_t kTrialTriggers = 200'000;

// Thread: one.
class Trial {
 public:
  // What was recorded up to `start` is there, and it is `at`. Log and keys must outlive the trial.
  Trial(const EventLog& past, const KeyRing& keys, Position start, Timestamp at);

  // Publishes the regulation, all its rules live. Errors: those of publish_regulation.
  Result<RegulationRef> begin(std::string_view pipeline, const std::string& yaml);
  // Whether rules ask about what was before: how many deals are open, or which. Then every event up
  // to `start` is to be told, in order, between begin() and enforce().
  bool looks_back() const { return needs_.counts || needs_.schedules; }
  Result<void> look_back(const RecordedEvent& event);
  // From here on the rules are in force, and their schedules wait.
  Result<void> enforce();

  // The events of the next append of the past, decoded without what is sealed. Those that the tried
  // rules made themselves, then, are left out, and so is what was published for the pipeline.
  // Errors: kTooLarge "backtest_too_large"; those of the log.
  Result<void> show(std::span<RecordedEvent> append);
  // Timers run out up to and including that instant.
  Result<void> run_timers(Timestamp until);

  // Told of each append that the rules make, in order.
  using Made = std::function<void(std::span<const RecordedEvent>)>;
  void on_made(Made made) { made_ = std::move(made); }
  // Looked at between triggers: true stops with kConflict "backtest_cancelled".
  void stop_when(std::function<bool()> stop) { stop_ = std::move(stop); }

  const TrialLog& log() const { return log_; }

 private:
  bool is_left_out(const RecordedEvent& event) const;
  bool puts_others_in_force(const RecordedEvent& event) const;
  Result<void> know_users();
  Result<void> know_deal(const RecordedEvent& event);
  Result<void> project(const RecordedEvent& event);
  Result<void> project_added();
  Result<void> write_rows();
  Result<void> settle();
  Result<void> carry_out(std::vector<views::PendingRule> due);
  Result<void> end(RuleWork& work, const Result<Outcome>& outcome);

  const EventLog& past_;
  const Position start_;
  ManualClock clock_;
  SeededIds ids_;
  TrialLog log_;
  TrialKeys keys_;
  CommandBus bus_;
  RegulationBook regulations_;
  StaffThen staff_;
  TrialRows rows_;
  ViewBatch batch_;
  views::RulesProjector projector_;
  std::string pipeline_;
  std::vector<std::string> rule_ids_;  // rul_…, sorted
  RuleNeeds needs_;
  std::size_t projected_ = 0;  // of the added events
  std::size_t carried_out_ = 0;
  Made made_;
  std::function<bool()> stop_;
};

}  // namespace dealog::automation
