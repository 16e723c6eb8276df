// The invitation that a mail of a rule carries: the meeting as it is planned when the mail leaves.
#pragma once

#include <string>
#include <string_view>

#include "libs/command/folds.hpp"

namespace dealog::automation {

// The iCalendar file of an open task `meeting` (tsk_…), to whoever has the address `to`. Whoever
// does the task invites. What stands in its notes is ours, and is left out.
// Errors: kUnprocessable "no_meeting" when it is done, called off or has no time any more; those of
// the log.
Result<std::string> meeting_invitation(const Folds& folds, const std::string& meeting,
                                       const std::string& to, Timestamp now);

}  // namespace dealog::automation
