// What happened to a deal, a person or a company, newest first: read from the log itself.
#pragma once

#include <boost/json.hpp>

#include "libs/eventlog/event_log.hpp"
#include "libs/projection/view_context.hpp"
#include "projections/timeline/summary.hpp"

namespace dealog::views {

struct TimelineEntry {
  RecordedEvent event;       // opened as far as the reader may see
  std::string summary;       // one sentence, without anything sealed
  boost::json::object json;  // the whole event as libs/event/json_form gives it; "data" is within
};

struct TimelineQuery {
  PageRequest page;
  // Events after it are not shown: a read of the past. UINT64_MAX: none.
  Position until{UINT64_MAX};
  Language language = Language::kRu;
  const EventNames* names = nullptr;  // null: codes stand as they are
};

// Thread: one.
class TimelineView {
 public:
  TimelineView(const ViewContext& context, const EventLog& log) : context_(context), log_(log) {}

  // The deal's stream.
  Result<Page<TimelineEntry>> deal(std::string_view id, const TimelineQuery& query) const;
  // The person's own stream, the events tagged with the person, and the streams of their deals.
  Result<Page<TimelineEntry>> person(std::string_view id, const TimelineQuery& query) const;
  Result<Page<TimelineEntry>> company(std::string_view id, const TimelineQuery& query) const;

 private:
  Result<Page<TimelineEntry>> merged(std::string_view id, std::string_view deals_under,
                                     const TimelineQuery& query) const;
  const ViewContext& context_;
  const EventLog& log_;
};

}  // namespace dealog::views
