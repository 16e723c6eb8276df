#include "services/automation/backtest/gate_trial.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/domain/deal/gates.hpp"

namespace dealog::automation {
namespace {

// A move that the regulation makes by itself asks its own criteria, not the list of moves.
bool moves_by_itself(const rules::Regulation& regulation, const v1::DealStageChanged& move) {
  if (!move.automatic()) return false;
  const rules::Stage* from = regulation.stage(move.from());
  return from != nullptr && from->automatic_to == move.to();
}

}  // namespace

GateTrial::GateTrial(const EventLog& past, const KeyRing& keys, Position start, const Clock& clock,
                     RegulationRef regulation)
    : log_(past, start, clock), folds_(log_, keys, cache_), regulation_(std::move(regulation)) {}

Result<void> GateTrial::show(const RecordedEvent& event) {
  if (event.as<v1::DealStageChanged>() != nullptr) TRY(judge(event));
  log_.show(event);
  cache_.mark_behind(event.stream);
  return {};
}

Result<void> GateTrial::judge(const RecordedEvent& event) {
  const auto& move = *event.as<v1::DealStageChanged>();
  const auto state = TRY(folds_.current<deal::State>(event.stream));
  if (state->pipeline != regulation_->code) return {};
  const rules::Stage* target = regulation_->stage(move.to());
  if (target == nullptr) {
    ++result_.unknown_stage;
    return {};
  }
  auto around = TRY(use_cases::surroundings_of(folds_, *state, {}, event.actor, event.recorded,
                                               rules::Language::kEn));
  around.context.regulation = regulation_.get();
  deal::StageOption option = deal::judge_move(*state, *target, around.context);
  ++result_.judged;
  if (option.refusal == "move_not_allowed" && moves_by_itself(*regulation_, move)) {
    option.refusal = deal::all_met(option.verdicts) ? "" : "gate_not_met";
  }
  if (option.refusal.empty()) return {};
  if (move.overridden()) {
    ++result_.overridden;
    return {};
  }
  if (result_.refused.size() == kRefusedMoves) return {};
  RefusedMove refused{.deal = event.stream,
                      .position = event.position,
                      .at = event.occurred.at,
                      .from = move.from(),
                      .to = move.to(),
                      .refusal = option.refusal,
                      .unmet = {},
                      .agreed = state->agreed()};
  for (const auto& verdict : option.unmet()) refused.unmet.push_back(verdict.code);
  result_.refused.push_back(std::move(refused));
  return {};
}

}  // namespace dealog::automation
