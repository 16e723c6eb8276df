// What a rule that was triggered does to its deal now: whether it still may, and by which commands.
// The commands are decided one after the other, each on the state that the one before left.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/result.hpp"
#include "libs/domain/deal/commands.hpp"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/rules/rule.hpp"

namespace dealog::deal {

// A timer that is looked at within this was looked at in time.
inline constexpr std::chrono::minutes kRuleOnTime{5};

// What a trigger knows of the moment in which it was made.
struct RuleCall {
  std::uint32_t step = 0;  // the action to begin with; above 0 after a pause
  std::uint32_t visit = 0;
  std::uint32_t episode = 0;
  std::string about;  // the task, quote or invoice that it is about
  Timestamp due_at;   // of a timer or a pause; zero: at once
  Timestamp since;    // since when it runs
  bool came = false;  // after a pause: what it waited for, before its time was over
  bool simulated = false;
};

// Why the rule does nothing, as a code; nothing when it acts. The deal is judged as it is now:
// deal_missing, deal_closed, deal_reopened, stage_left, task_closed, answered, next_step_planned,
// quote_answered, discount_settled, invoice_settled, deadline_moved, late, limit_reached,
// wait_timed_out, conditions_not_met.
std::optional<std::string_view> why_not(const State& state, const rules::Rule& rule,
                                        const RuleCall& call, const Context& context);

// Whether what was due then is too late now for the rule. Never within kRuleOnTime.
bool too_late(const rules::Rule& rule, Timestamp due_at, Timestamp now,
              const rules::BusinessCalendar& calendar);

// What a deadline's trigger is about: "expected_close_date:2026-05-01". It is moved when the field
// has another date, or none.
std::string about_deadline(std::string_view field, Date day);

// What an action asks of the deal; nothing when it is so already. Empty for what is not the deal's
// alone (assign, who takes part, notify, what is only sent, another pipeline) and for a pause.
std::vector<Command> commands_of(const rules::RuleAction& action, const rules::Rule& rule,
                                 const State& state, const Context& context);

// The invoice that send_invoice means: the last that is neither void nor paid. Null: none.
const Invoice* invoice_to_send(const State& state);

// What issue_invoice asks for: the share that it names, at most what is not invoiced yet; else what
// is not of the required prepayment, or of the agreed amount. Zero or below: nothing.
Money amount_to_invoice(const rules::RuleAction& action, const State& state,
                        const Context& context);

// The actions from `step` up to the next pause.
struct RuleSteps {
  std::size_t end = 0;             // of these actions
  std::optional<Timestamp> until;  // the pause after them ends
};
RuleSteps steps_from(const rules::Rule& rule, std::size_t step, const State& state,
                     const Context& context);

}  // namespace dealog::deal
