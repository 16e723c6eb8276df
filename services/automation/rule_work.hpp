// What carrying out a trigger takes, shared by the runner and by back-tests, so that both do the
// very same.
#pragma once

#include <memory>

#include "libs/command/command_bus.hpp"
#include "libs/command/regulation_book.hpp"
#include "libs/command/use_cases/rule_schedules.hpp"
#include "libs/command/use_cases/rules.hpp"
#include "projections/automation/rules_view.hpp"

namespace dealog::automation {

// Triggers carried out side by side in one step: they share the syncs of the log.
inline constexpr std::size_t kRulesPerStep = 200;

// What a rule's actions ask for.
struct RuleNeeds {
  bool staff = false, chooses = false, counts = false;
  bool papers = false;       // it has documents made
  bool invoices = false;     // it issues invoices, which are numbered
  bool schedules = false;    // it is of all open deals
  bool owners_time = false;  // its timers run in the time of the deal's owner

  void add(const RuleNeeds& other) {
    staff |= other.staff, chooses |= other.chooses, counts |= other.counts;
    papers |= other.papers, invoices |= other.invoices, schedules |= other.schedules;
    owners_time |= other.owners_time;
  }
};

// One trigger on its way. Thread: one at a time.
struct RuleWork {
  views::PendingRule pending;
  use_cases::TriggeredRule triggered;
  RuleNeeds needs;
  std::shared_ptr<const use_cases::Staff> staff;
  use_cases::RuleAttempt attempt;
  // Of a schedule, which has no deal of its own: those that it is of.
  views::ScheduledDeals scheduled;
};

inline bool is_schedule(const views::PendingRule& pending) { return pending.deal.empty(); }
// The open deals that meet the rule's conditions now; none when the rule is gone. What is sealed is
// looked at as well, so each of them is read: some 0.1 ms a deal that is not in memory.
Result<views::ScheduledDeals> scheduled_deals(const ViewContext& context, const Folds& folds,
                                              const views::PendingRule& pending);

RuleNeeds needs_of(const rules::Rule& rule);
RuleNeeds needs_of(const RegulationBook& regulations, const views::PendingRule& pending);

std::shared_ptr<RuleWork> work_of(views::PendingRule pending, const RuleNeeds& needs,
                                  std::shared_ptr<const use_cases::Staff> staff);

// Carries the trigger out, in its command.
Result<void> carry_out(Unit& unit, RuleWork& work);

// The command that ends the trigger, under an id computed from it. A rule that picks
// an owner queues on its own stream as well, one that makes documents with whoever else does.
CommandRequest command_of(const views::PendingRule& pending, const RuleNeeds& needs);

// Errors after which trying again may help: everything else is the trigger's end.
bool is_passing(const Error& error);

// How a trigger ends whose attempt was refused for good: RuleSimulated, EffectSkipped or
// EffectFailed with the codes of what was refused, nothing that was typed.
Result<void> end_refused(Unit& unit, const RuleWork& work, const Error& error);

}  // namespace dealog::automation
