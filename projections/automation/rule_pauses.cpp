// Pauses that are over before their time, because what they waited for has come.
#include <algorithm>

#include "projections/automation/rule_deal.hpp"

namespace dealog::views {
namespace {

rules::RuleTrigger trigger_of(const v1::AwaitedTrigger& awaited, rules::TriggerKind kind) {
  rules::RuleTrigger trigger;
  trigger.kind = kind;
  trigger.codes = {awaited.codes().begin(), awaited.codes().end()};
  trigger.state = awaited.state();
  trigger.touch.kinds = {awaited.touch_kinds().begin(), awaited.touch_kinds().end()};
  trigger.touch.directions = {awaited.touch_directions().begin(), awaited.touch_directions().end()};
  trigger.touch.outcomes = {awaited.touch_outcomes().begin(), awaited.touch_outcomes().end()};
  trigger.touch.answers_customer = awaited.answers_customer();
  return trigger;
}

}  // namespace

void DealRules::wake(rules::TriggerKind kind, const rules::Occurrence& occurrence) {
  // What the rule did itself just before its pause does not end it.
  const std::uint64_t before = event_.position.value - event_.append_index;
  const auto comes = [&](const v1::PendingRuleRef& ref) {
    return ref.has_awaited() && ref.position() < before &&
           ref.awaited().trigger().kind() == rules::trigger_name(kind) &&
           rules::matches(trigger_of(ref.awaited().trigger(), kind), occurrence);
  };
  if (std::ranges::none_of(row().pending(), comes)) return;
  const bool of_owner = waits_for_owner();
  for (auto& ref : *edit().mutable_pending()) {
    if (comes(ref)) wake(ref);
  }
  if (of_owner && !waits_for_owner()) forget_owner(row().owner());
}

// It keeps its cause, by which its trigger is known, and gets a key of this event.
void DealRules::wake(v1::PendingRuleRef& ref) {
  batch_.remove_index(due_key(ref));
  const v1::AwaitedRow awaited = ref.awaited();
  ref.clear_awaited();
  ref.clear_timer();
  ref.set_came(true);
  ref.set_due_us(event_.recorded.us);
  ref.set_position(event_.position.value);
  ref.set_ordinal(ordinal_++);
  v1::PendingRuleRow due = due_row(ref, row().pipeline());
  due.set_regulation_version(awaited.regulation_version());
  due.set_episode(awaited.episode());
  due.set_causation_depth(std::max(awaited.causation_depth(), event_.causation_depth));
  due.set_correlation_id(awaited.correlation_id());
  batch_.add_index(due_key(ref), due.SerializeAsString());
}

}  // namespace dealog::views
