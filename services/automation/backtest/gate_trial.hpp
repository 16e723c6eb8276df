// Real moves of the past, judged by the gates of another regulation.
#pragma once

#include <string>
#include <vector>

#include "libs/command/folds.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/domain/deal/state.hpp"
#include "services/automation/backtest/trial_log.hpp"

namespace dealog::automation {

// A move that was made and would have been refused.
struct RefusedMove {
  std::string deal;
  Position position;
  Timestamp at;
  std::string from, to;
  std::string refusal;             // gate_not_met, move_not_allowed
  std::vector<std::string> unmet;  // codes of criteria
  Money agreed;                    // of the deal then; no currency: not named yet
};

struct MovesJudged {
  std::uint64_t judged = 0, overridden = 0;  // those overridden would be so again
  std::uint64_t unknown_stage = 0;           // into a stage that the regulation does not have
  std::vector<RefusedMove> refused;
};
inline constexpr std::size_t kRefusedMoves = 100'000;  // kept; the number of judged goes on

// Deals are judged as they really were, without what the tried rules would have done. Folds are
// kept as the command bus keeps them. Thread: one.
class GateTrial {
 public:
  GateTrial(const EventLog& past, const KeyRing& keys, Position start, const Clock& clock,
            RegulationRef regulation);

  // The next event of the past. Errors: those of the log.
  Result<void> show(const RecordedEvent& event);
  const MovesJudged& result() const { return result_; }

 private:
  Result<void> judge(const RecordedEvent& event);

  TrialLog log_;
  FoldCache cache_;
  Folds folds_;
  const RegulationRef regulation_;
  MovesJudged result_;
};

}  // namespace dealog::automation
