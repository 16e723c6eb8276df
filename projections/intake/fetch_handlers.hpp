// What becomes of fetches. Inside projections/intake only.
#pragma once

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/event/event.hpp"
#include "libs/projection/view_batch.hpp"

namespace dealog::views {

void fetch_requested(const v1::FetchRequested& m, const RecordedEvent& event, ViewBatch& batch);
void file_fetch_requested(const v1::FileFetchRequested& m, const RecordedEvent& event,
                          ViewBatch& batch);
void file_fetched(const v1::FileFetched& m, const RecordedEvent& event, ViewBatch& batch);
void fetch_failed(const v1::FetchFailed& m, const RecordedEvent& event, ViewBatch& batch);
void fetch_completed(const v1::FetchCompleted& m, const RecordedEvent& event, ViewBatch& batch);
void fetch_retried(const v1::FetchRetried& m, const RecordedEvent& event, ViewBatch& batch);

}  // namespace dealog::views
