// Trying rules, and a stricter regulation, on one's own past. Nothing is sent, nothing is written.
#pragma once

#include <atomic>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "libs/event/key_ring.hpp"
#include "libs/eventlog/event_log.hpp"
#include "services/automation/backtest/gate_trial.hpp"

namespace dealog::automation {

struct BacktestRequest {
  std::string pipeline;    // empty: that of `regulation`, else the only one there is
  std::string rules;       // YAML; empty: those of the regulation
  std::string regulation;  // YAML; empty: the one in force now, and then gates are not judged
  Timestamp from;          // recorded at or after it
  Timestamp to;            // recorded at or before it; timers run until then
};

// What a tried rule did, or could not do, in one append.
struct RuleAct {
  enum class End { kFired, kFailed, kStopped } end = End::kFired;
  Timestamp at;
  std::string deal;
  std::string rule;
  std::string trigger;
  std::string about;                 // the task, quote or invoice
  std::vector<std::string> actions;  // carried out; of kFired
  std::vector<std::string> events;   // types of what followed; of kFired
  std::string reason;                // of kFailed

  bool operator==(const RuleAct&) const = default;
};
// Acts that are listed; beyond these they are only counted.
inline constexpr std::size_t kListedActs = 10'000;

struct RuleTally {
  std::uint64_t fired = 0, failed = 0, stopped = 0;
  std::map<std::string, std::uint64_t> failures;  // the failed ones, by reason
  std::map<std::string, std::uint64_t> skipped;   // by reason
  std::uint64_t deals = 0;                        // that it acted on
};

// What would have left the process to one receiver by one channel.
struct SentTally {
  std::uint64_t count = 0;
  std::uint64_t put_off = 0;  // of those: until the quiet hours are over
  // Besides: not sent, because the customer has had as many as the regulation allows.
  std::uint64_t held_back = 0;

  bool operator==(const SentTally&) const = default;
};

struct BacktestResult {
  std::string pipeline;
  Timestamp from, to;
  std::uint64_t events = 0;  // of the past that were looked at
  std::vector<RuleAct> acts;
  std::map<std::string, RuleTally> rules;         // each tried rule, by code
  std::uint64_t deals = 0;                        // that some rule acted on
  std::map<std::string, std::uint64_t> made;      // events that would have been made, by type
  std::map<std::string, std::uint64_t> notified;  // usr_… → how often
  // By channel and receiver (per_…, usr_…, whe_…).
  std::map<std::pair<std::string, std::string>, SentTally> sent;
  std::optional<MovesJudged> moves;  // when another regulation was given
};

// Thread: any. Position and end tell how far it is.
struct BacktestProgress {
  std::atomic<std::uint64_t> position = 0, first = 0, last = 0;
  std::atomic<bool> cancel = false;
};

// Reads the log from `from` on, in order; in memory are what the command bus keeps of streams, rows
// of the deals that something happened to (kTrialRowBytes), and what the rules did
// (kTrialTriggers). Errors: kInvalid "invalid_input" for the period; those of with_rules and of
// publish_regulation; kNotFound "pipeline_not_found"; kTooLarge "backtest_too_large"; kConflict
// "backtest_cancelled".
Result<BacktestResult> backtest(const EventLog& past, const KeyRing& keys,
                                const BacktestRequest& request, Timestamp now,
                                BacktestProgress& progress);

}  // namespace dealog::automation
