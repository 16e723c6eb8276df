// Events as JSON: the form of GET /v1/events.
#pragma once

#include <boost/json.hpp>

#include "libs/event/event.hpp"

namespace dealog {

// Who looks decides what of the sealed fields is shown.
enum class PersonalView { kShown, kMasked };

// {"position","event_id","stream","version","type","occurred_at","recorded_at","actor",
//  "correlation_id","causation_id"?,"rule"?,"data":{…}}. Keys of `data` are the protobuf names;
// Money is {"amount","currency"}, `…_at` and `…_by` are RFC 3339 (absent when 0). A sealed field is
// {"masked":true}, or {"erased":true} when its key is gone, or {"key_lost":true}.
boost::json::object to_json(const RecordedEvent& event, PersonalView view);

// A payload's message alone, all fields as they are.
boost::json::object message_to_json(const google::protobuf::Message& message);

}  // namespace dealog
