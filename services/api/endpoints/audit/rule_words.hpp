// What a rule said when it made an event.
#pragma once

#include <boost/json.hpp>

#include "libs/event/event.hpp"
#include "services/api/support/api.hpp"

namespace dealog::api {

// {"code","version","title","words"} of the rule, stage or follow-up by which an event of a deal
// was made, as the regulation's version of then has it; null when nobody but a command made it.
Result<boost::json::value> rule_of(const Api& api, const Session& session,
                                   const RecordedEvent& event);

}  // namespace dealog::api
