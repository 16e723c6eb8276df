// When the schedules of rules come, and which deals they are of. Inside projections/automation
// only.
#pragma once

#include <string_view>

#include "dealog/v1/trigger_events.pb.h"
#include "projections/automation/rule_deal.hpp"

namespace dealog::views {

// The rules in force are others since the event, or their modes are: what was to come is reckoned
// anew from then on. What has come already, and nobody has looked at, stays. `book` may be null.
void plan_schedules(const RuleBook* book, v1::RuleSchedulesRow& row, const RecordedEvent& event,
                    ViewBatch& batch);

// One came: a trigger for each deal that it names, and its next time.
void schedule_ran(const v1::ScheduleRan& ran, const RuleBook* book, v1::RuleSchedulesRow& row,
                  const RecordedEvent& event, ViewBatch& batch);

}  // namespace dealog::views
