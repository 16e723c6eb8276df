// What happens to tasks by itself: made on entering a stage, cancelled when the deal is closed,
// handed over with it.
#pragma once

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/deal/decision.hpp"

namespace dealog::deal {

// A task of a template, when its condition holds, due from now on, for the deal's owner.
Result<> create_task(Decision& decision, const rules::TaskTemplate& task, std::size_t cause,
                     std::string rule);

// Those of the stage that the deal has just entered. One that is still open from an earlier visit
// is not made twice.
Result<> create_stage_tasks(Decision& decision, const rules::Stage& stage, std::size_t cause);

// The tasks of the deal's stage whose condition holds only by now (a discount that waits for its
// approval). What this visit has had already is not planned again.
Result<> create_tasks_due_by_now(Decision& decision, std::size_t cause);

// All open tasks of a lost deal. Of a won one only what earlier stages planned: what a person has
// planned, and the last stage (the next sale, in a month), still holds.
void cancel_tasks_of_closed(Decision& decision, std::size_t cause);

// The open tasks of the previous owner (nil: those of nobody) go to the new one.
Result<> hand_over_tasks(Decision& decision, const UserId& previous, std::size_t cause);

// A task of another assignee: due at the same instant, or on the same day in the new one's zone.
Result<v1::TaskReassigned> reassigned(const OpenTask& task, const UserId& assignee,
                                      const Context& context);

}  // namespace dealog::deal
