// How a mailbox is shown with its source.
#pragma once

#include "libs/base/language.hpp"
#include "projections/intake/intake_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

// {"state": "waiting|connected|failing", "code", "reason", "failing_since", "last_read_at",
// "mails"}.
json::object render(const views::Mailbox& mailbox, Language language);

}  // namespace dealog::api
