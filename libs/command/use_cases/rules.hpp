// Carrying out a rule that was triggered, and setting a rule's mode.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/domain/deal/rule_run.hpp"
#include "libs/domain/rule/rule.hpp"

namespace dealog::use_cases {

// A chain of causes as long as this, with a rule at its end, is taken for rules that feed each
// other; a turn of the wheel is two events long.
inline constexpr std::uint32_t kRuleDepth = 16;

struct TriggeredRule {
  Uuid id;              // of the command, see rule::command_id
  std::string trigger;  // trg_…
  std::string pipeline;
  std::string rule;                      // code
  std::uint64_t regulation_version = 0;  // whose text it follows
  DealId deal;
  deal::RuleCall call;
  std::uint32_t causation_depth = 0;  // of its cause
  // Where its cause stands in the very unit that carries it out; nothing: the command's cause.
  std::optional<std::size_t> cause = std::nullopt;
  Uuid triggered_by = {};  // the event that is its cause
};

// As whom a rule acts.
Unit::Author author_of(std::string_view pipeline, std::string_view rule,
                       std::uint64_t regulation_version);

// Whom a rule may choose or tell: active users.
struct StaffMember {
  UserId user;
  std::string role;
  std::uint32_t open_deals = 0;
  std::string team = {};  // a code; empty: none
};

struct Staff {
  std::vector<StaffMember> members;
  Position counted_at;     // of the rows that the open deals were counted in
  std::string public_url;  // by which customers reach this service; empty: not at all
};

// What an attempt found out, whether or not it was refused.
struct RuleAttempt {
  bool simulated = false;
  std::vector<std::string> events;  // types of what it would have made, when simulated
};

// Does what the rule says, in one append: RuleFired, and what follows from it with that as cause.
// Or ends the trigger with EffectSkipped, when the deal is no more as it was or the rule is off;
// with AutomationStopped beside it when the chain of causes is too long.
// Errors: those of the commands that its actions are; kUnprocessable "nobody_to_assign";
// kUnprocessable kSimulated when the rule is only tried, after all of it was decided: nothing is
// appended, and what it would have been is in `attempt`.
inline constexpr std::string_view kSimulated = "rule_simulated";
Result<void> carry_out_rule(Unit& unit, const TriggeredRule& triggered, const Staff& staff,
                            RuleAttempt& attempt);

// What a simulated rule would have done, or the code of what refused it.
Result<void> record_simulation(Unit& unit, const TriggeredRule& triggered,
                               const std::vector<std::string>& events, std::string_view refusal);
Result<void> skip_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason);
Result<void> fail_rule(Unit& unit, const TriggeredRule& triggered, std::string_view reason);

// Errors: kNotFound "pipeline_not_found" | "rule_not_found"; kInvalid "invalid_input".
Result<void> set_rule_mode(Unit& unit, std::string_view pipeline, const rule::SetRuleMode& command);

}  // namespace dealog::use_cases
