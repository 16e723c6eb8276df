#include "libs/domain/deal/automation.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/deal/automatic_invoice.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/facts.hpp"
#include "libs/domain/deal/gates.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

void put_judged(v1::DealStageChanged& event, const Context& context) {
  for (const JudgedStream& judged : context.party.judged) {
    v1::Judged* stored = event.add_judged();
    stored->set_stream(judged.stream);
    stored->set_version(judged.version.value);
  }
  v1::Judged* regulation = event.add_judged();
  regulation->set_stream("pip_" + context.regulation->code);
  regulation->set_version(context.regulation->version);
}

void win(Decision& decision, const std::vector<rules::Verdict>& verdicts, std::size_t cause) {
  const State& state = decision.state();
  v1::DealWon event = won_event(state, decision.context());
  event.set_automatic(true);
  put_verdicts(event.mutable_verdicts(), verdicts);
  const std::size_t won =
      decision.add(std::move(event), {.tags = participant_tags(state),
                                      .occurred = automatic_move_time(state, decision.context()),
                                      .caused_by = cause,
                                      .rule = state.stage()});
  cancel_tasks_of_closed(decision, won);
}

// Whether the stage is left by itself now; then the move as it was judged.
std::optional<StageMove> automatic_move(const Decision& decision, const rules::Stage& stage,
                                        std::size_t cause) {
  if (!stage.automatic_to) return std::nullopt;
  const rules::Stage* target = decision.regulation().stage(*stage.automatic_to);
  if (!target) return std::nullopt;
  StageMove move{.to = *target,
                 .option = judge_move(decision.state(), *target, decision.context()),
                 .occurred = automatic_move_time(decision.state(), decision.context()),
                 .caused_by = cause,
                 .rule = stage.code};
  if (move.option.move == StageOption::Move::kBack) {  // free for people, not for a rule
    judge_into(move.option.verdicts, stage.exit, decision.state(), decision.context());
    judge_into(move.option.verdicts, target->entry, decision.state(), decision.context());
  }
  // It need not be listed: that it is named as the automatic one lists it.
  if (!all_met(move.option.verdicts)) return std::nullopt;
  return move;
}

void stop(Decision& decision, std::size_t cause) {
  v1::AutomationStopped event;
  event.set_what("automatic_moves");
  event.set_depth(kAutomaticMoves);
  decision.add(std::move(event), {.caused_by = cause, .rule = decision.state().stage()});
}

}  // namespace

v1::DealWon won_event(const State& state, const Context& context) {
  v1::DealWon event;
  event.set_episode(state.episode);
  event.set_stage(state.stage());
  event.set_visit(state.visit());
  put_money(event.mutable_agreed(), state.agreed());
  put_money(event.mutable_paid(), state.paid());
  event.set_regulation_version(context.regulation->version);
  return event;
}

v1::DealLost lost_event(const State& state, const std::string& reason, const Context& context) {
  v1::DealLost event;
  event.set_episode(state.episode);
  event.set_stage(state.stage());
  event.set_visit(state.visit());
  event.set_reason(reason);
  put_money(event.mutable_agreed(), state.agreed());
  event.set_regulation_version(context.regulation->version);
  return event;
}

Timestamp stuck_at(const rules::Stage& stage, Timestamp entered, const Context& context) {
  if (!stage.limit) return {};
  return stage.limit->after(entered, context.regulation->calendar);
}

Result<std::size_t> move_to(Decision& decision, StageMove move) {
  const State& state = decision.state();
  const Context& context = decision.context();
  v1::DealStageChanged event;
  event.set_from(state.stage());
  event.set_to(move.to.code);
  event.set_direction(move.option.move == StageOption::Move::kBack ? "back" : "forward");
  event.set_visit(state.visit() + 1);
  event.set_episode(state.episode);
  event.set_automatic(!move.rule.empty());
  event.set_overridden(move.overridden);
  event.set_reason(std::move(move.reason));
  event.set_regulation_version(context.regulation->version);
  put_verdicts(event.mutable_verdicts(), move.option.verdicts);
  put_judged(event, context);
  event.set_stuck_at(stuck_at(move.to, instant_of(move.occurred, context), context).us);
  const std::size_t index =
      decision.add(std::move(event),
                   {.occurred = move.occurred, .caused_by = move.caused_by, .rule = move.rule});
  TRY(enter_stage(decision, index));
  return index;
}

Result<> enter_stage(Decision& decision, std::size_t cause) {
  const rules::Stage* stage = decision.regulation().stage(decision.state().stage());
  if (!stage) return {};
  TRY(create_stage_tasks(decision, *stage, cause));
  return issue_final_invoice(decision, *stage, cause);
}

Result<> settle(Decision& decision, std::size_t cause) {
  for (int moves = 0; decision.state().is_open(); ++moves) {
    const rules::Stage* stage = decision.regulation().stage(decision.state().stage());
    if (!stage) return {};
    if (!stage->wins_when.empty()) {
      std::vector<rules::Verdict> verdicts;
      judge_into(verdicts, stage->wins_when, decision.state(), decision.context());
      if (all_met(verdicts)) {
        win(decision, verdicts, cause);
        return {};
      }
    }
    std::optional<StageMove> move = automatic_move(decision, *stage, cause);
    if (!move) return {};
    if (moves == kAutomaticMoves) {
      stop(decision, cause);
      return {};
    }
    cause = TRY(move_to(decision, std::move(*move)));
  }
  return {};
}

}  // namespace dealog::deal
