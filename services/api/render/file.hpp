// Files that lie with a deal, as JSON.
#pragma once

#include "libs/command/use_cases/files.hpp"
#include "libs/event/event.hpp"
#include "projections/files/files_view.hpp"
#include "services/api/render/json.hpp"

namespace dealog::api {

// {"id","name","media_type","bytes","touch","person","attached_at","actor"}
json::object render(const views::File& file);
// {"deleted_at","deleted_by","reason"}; `personal` as the reader may see the reason.
json::object render(const use_cases::Deletion& deletion, bool personal);
// {"id","name","media_type","bytes"}: as a touch names what it brought.
json::object render_brief(const views::File& file);
// The answer to who has attached it: the same keys and "deal". `event` is a FileAttached, opened.
json::object render_attached(const RecordedEvent& event);

}  // namespace dealog::api
