// What happens by itself inside one decision: what a stage does on entering, and the moves that
// money and signatures make.
#pragma once

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/deal/decision.hpp"

namespace dealog::deal {

struct StageMove {
  const rules::Stage& to;
  StageOption option;  // as it was judged
  std::string reason = {};
  bool overridden = false;
  Occurred occurred = {};
  // Of an automatic move.
  std::optional<std::size_t> caused_by = {};
  std::string rule = {};
};
// DealStageChanged and what the entered stage does on entering. Returns the move's index.
Result<std::size_t> move_to(Decision& decision, StageMove move);

// Tasks of the stage that the deal stands in, and the final invoice where it is due.
Result<> enter_stage(Decision& decision, std::size_t cause);

// The moves that money and signatures make: as long as the stage names a stage that is entered by
// itself and its gates hold, the deal moves on; where the stage's winning criteria hold, it is won.
// Nothing for a closed deal. At most kAutomaticMoves, then AutomationStopped.
Result<> settle(Decision& decision, std::size_t cause);

// The outcome of the deal as it stands.
v1::DealWon won_event(const State& state, const Context& context);
v1::DealLost lost_event(const State& state, const std::string& reason, const Context& context);

// Zero: the stage has no limit.
Timestamp stuck_at(const rules::Stage& stage, Timestamp entered, const Context& context);

}  // namespace dealog::deal
