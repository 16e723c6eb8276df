// GET /v1/deals|people|companies/{id}/timeline
#include <map>

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/common/not_found.hpp"
#include "projections/files/files_view.hpp"
#include "projections/timeline/timeline_view.hpp"
#include "services/api/endpoints/parties.hpp"
#include "services/api/render/file.hpp"
#include "services/api/support/event_names.hpp"
#include "services/api/support/part_answer.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

using views::TimelineView;
using Read = Result<Page<views::TimelineEntry>> (TimelineView::*)(
    std::string_view, const views::TimelineQuery&) const;

json::object render(const views::TimelineEntry& entry) {
  return {{"position", entry.json.at("position")},
          {"event_id", entry.json.at("event_id")},
          {"type", entry.json.at("type")},
          {"occurred_at", entry.json.at("occurred_at")},
          {"recorded_at", entry.json.at("recorded_at")},
          {"actor", entry.json.at("actor")},
          {"summary", entry.summary},
          {"data", entry.json.at("data")}};
}

// What the touches of a page brought: the files of each deal are read once, and only of deals with
// a touch on the page.
class FilesOfTouches {
 public:
  FilesOfTouches(const ViewContext& context, Position until) : view_(context), until_(until) {}

  // Adds "files" to the data of a touch that brought any.
  Result<void> add_to(json::object& rendered, const RecordedEvent& event) {
    const auto* touch = event.as<v1::TouchRecorded>();
    if (touch == nullptr) return {};
    auto known = deals_.find(event.stream);
    if (known == deals_.end()) {
      known = deals_.emplace(event.stream, TRY(view_.of_deal(event.stream))).first;
    }
    json::array files;
    for (const auto& file : known->second) {
      if (file.touch == touch->touch() && file.position <= until_) {
        files.push_back(render_brief(file));
      }
    }
    if (!files.empty()) rendered["data"].as_object()["files"] = std::move(files);
    return {};
  }

 private:
  const views::FilesView view_;
  const Position until_;
  std::map<std::string, std::vector<views::File>> deals_;
};

// `entity` must be in the log: an unknown id is an error, not an empty history.
Answer timeline(const Api& api, Session session, http::Request request, std::string entity,
                std::string_view what, Read read) {
  http::QueryReader in(request);
  views::TimelineQuery query{.page = page_of(in), .language = session.language};
  in.optional_string("as_of", limits::kCodeBytes);
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    if (TRY(api.log().stream_version(entity)).value == 0) {
      return not_found(session.language, what, entity);
    }
    const Moment moment = TRY(moment_of(api, request));
    if (moment.past) query.until = moment.position;
    const EventNamesOfApi names(api, session);
    query.names = &names;
    const TimelineView view(rows.context(), api.log());
    const auto page = TRY((view.*read)(entity, query));
    FilesOfTouches files(rows.context(), query.until);
    Page<json::object> rendered{.items = {}, .next_cursor = page.next_cursor};
    for (const auto& entry : page.items) {
      rendered.items.push_back(render(entry));
      TRY(files.add_to(rendered.items.back(), entry.event));
    }
    return http::Response::json(
        200, json::value(render_page(rendered, [](const auto& item) { return item; })));
  });
}

}  // namespace

Answer deal_timeline(const Api& api, Session session, http::Request request) {
  const DealId id = CO_TRY(part_of_path<DealId>(request, "deal"));
  co_return co_await timeline(api, std::move(session), std::move(request), id.text(), "deal",
                              &TimelineView::deal);
}

Answer person_timeline(const Api& api, Session session, http::Request request) {
  const PersonId id = CO_TRY(part_of_path<PersonId>(request, "person"));
  co_return co_await timeline(api, std::move(session), std::move(request), id.text(), "person",
                              &TimelineView::person);
}

Answer company_timeline(const Api& api, Session session, http::Request request) {
  const CompanyId id = CO_TRY(part_of_path<CompanyId>(request, "company"));
  co_return co_await timeline(api, std::move(session), std::move(request), id.text(), "company",
                              &TimelineView::company);
}

}  // namespace dealog::api
