// Moves, outcomes, and moves that happened elsewhere.
#include "dealog/v1/deal_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/details.hpp"
#include "libs/domain/deal/gates.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

void check_reason(const std::string& reason, bool needed, InputCheck& check) {
  check.text(reason, "/reason", limits::kNoteBytes,
             needed ? Presence::kRequired : Presence::kOptional);
}

Result<> require_reason(const std::string& reason, const Context& context) {
  InputCheck check(context.language);
  check_reason(reason, true, check);
  return check.result();
}

Result<> check_move(const State& state, const ChangeDealStage& command, const Context& context) {
  InputCheck check(context.language);
  check_reason(command.reason, command.override_gates, check);
  check_details(command.fields, state, context, "/fields", check);
  TRY(check.result());
  if (command.override_gates) TRY(require_right(context.may_override, "override", context));
  if (state.visit() >= kVisits) return too_many(context, "visits", kVisits);
  return {};
}

void check_loss_reason(const std::string& reason, InputCheck& check, const Context& context) {
  if (context.regulation->loss_reason(reason)) return;
  check.add("/reason", reason.empty() ? "required" : "unknown_loss_reason",
            "нужна причина из списка регламента", "a reason from the regulation's list is needed");
}

// Whether a refused option may be set aside: the gates may, a wrong target or a closed deal not.
bool can_be_overridden(const StageOption& option) {
  return option.refusal == "gate_not_met" || option.refusal == "move_not_allowed";
}

// An override of the list of moves itself is a verdict as well, so that it stays visible.
void add_unlisted(StageOption& option) {
  if (option.refusal != "move_not_allowed") return;
  option.verdicts.insert(option.verdicts.begin(),
                         rules::Verdict{.code = "moves", .kind = "move", .met = false});
}

}  // namespace

Result<Events> decide(const State& state, const ChangeDealStage& command, const Context& context) {
  TRY(require_open(state, context));
  const rules::Stage* target = TRY(find_stage(command.to, "/to", context));
  if (target->code == state.stage()) {
    return fail(refusal_of(judge_move(state, *target, context), state, context));
  }
  TRY(check_move(state, command, context));
  const Occurred occurred = TRY(occurred_move(state, command.occurred, context));
  Decision decision(state, context);
  TRY(change_details(decision, command.fields, occurred));
  StageOption option = judge_move(decision.state(), *target, context);
  if (option.needs_reason) TRY(require_reason(command.reason, context));
  const bool overridden = !option.allowed && command.override_gates && can_be_overridden(option);
  if (!option.allowed && !overridden) {
    return fail(refusal_of(option, decision.state(), context));
  }
  add_unlisted(option);
  const std::size_t index = TRY(move_to(decision, {.to = *target,
                                                   .option = std::move(option),
                                                   .reason = command.reason,
                                                   .overridden = overridden,
                                                   .occurred = occurred}));
  TRY(settle(decision, index));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const LoseDeal& command, const Context& context) {
  TRY(require_open(state, context));
  InputCheck check(context.language);
  check_loss_reason(command.reason, check, context);
  check.text(command.note, "/note", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  Occurred occurred = TRY(occurred_move(state, command.occurred, context));
  v1::DealLost event = lost_event(state, command.reason, context);
  event.set_note(command.note);
  Decision decision(state, context);
  const std::size_t lost = decision.add(
      std::move(event), {.tags = participant_tags(state), .occurred = std::move(occurred)});
  cancel_tasks_of_closed(decision, lost);
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const ReopenDeal& command, const Context& context) {
  TRY(require_exists(state, context));
  if (state.is_open()) {
    return refuse(context, ErrorKind::kConflict, "deal_open", "сделка и так открыта",
                  "the deal is open already");
  }
  InputCheck check(context.language);
  check_reason(command.reason, false, check);
  TRY(check.result());
  if (state.visit() >= kVisits) return too_many(context, "visits", kVisits);
  Occurred occurred = TRY(occurred_move(state, command.occurred, context));
  v1::DealReopened event;
  event.set_episode(state.episode + 1);
  event.set_stage(state.stage());
  event.set_visit(state.visit() + 1);
  event.set_reason(command.reason);
  if (const rules::Stage* stage = context.regulation->stage(state.stage())) {
    event.set_stuck_at(stuck_at(*stage, instant_of(occurred, context), context).us);
  }
  return single(std::move(event), participant_tags(state), std::move(occurred));
}

Result<Events> decide(const State& state, const ReportDealStage& command, const Context& context) {
  TRY(require_open(state, context));
  TRY(require_right(context.may_import, "import", context));
  const rules::Stage* target = TRY(find_stage(command.to, "/to", context));
  InputCheck check(context.language);
  check.code(command.origin, "/origin");
  TRY(check.result());
  const StageOption option = judge_move(state, *target, context);
  if (option.refusal == "same_stage") return fail(refusal_of(option, state, context));
  if (state.visit() >= kVisits) return too_many(context, "visits", kVisits);
  Occurred occurred = TRY(occurred_move(state, command.occurred, context));
  v1::DealStageReported event;
  event.set_from(state.stage());
  event.set_to(target->code);
  event.set_visit(state.visit() + 1);
  event.set_origin(command.origin);
  event.set_regulation_version(context.regulation->version);
  put_verdicts(event.mutable_unmet(), option.unmet());
  event.set_stuck_at(stuck_at(*target, instant_of(occurred, context), context).us);
  return single(std::move(event), {}, std::move(occurred));
}

Result<Events> decide(const State& state, const ReportDealOutcome& command,
                      const Context& context) {
  TRY(require_exists(state, context));
  TRY(require_right(context.may_import, "import", context));
  InputCheck check(context.language);
  check.code(command.origin, "/origin");
  if (!command.won) check_loss_reason(command.reason, check, context);
  TRY(check.result());
  if (state.outcome == (command.won ? Outcome::kWon : Outcome::kLost)) return Events{};
  TRY(require_open(state, context));
  Occurred occurred = TRY(occurred_move(state, command.occurred, context));
  Decision decision(state, context);
  std::size_t closed = 0;
  if (command.won) {
    v1::DealWon event = won_event(state, context);
    event.set_origin(command.origin);
    closed = decision.add(std::move(event),
                          {.tags = participant_tags(state), .occurred = std::move(occurred)});
  } else {
    v1::DealLost event = lost_event(state, command.reason, context);
    event.set_origin(command.origin);
    closed = decision.add(std::move(event),
                          {.tags = participant_tags(state), .occurred = std::move(occurred)});
  }
  cancel_tasks_of_closed(decision, closed);
  return std::move(decision).take();
}

}  // namespace dealog::deal
