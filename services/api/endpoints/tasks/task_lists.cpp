// GET /v1/tasks and GET /v1/today
#include "projections/deals/tasks_view.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/render/deal.hpp"
#include "services/api/support/filters.hpp"
#include "services/api/support/query.hpp"
#include "services/api/support/reading.hpp"

namespace dealog::api {
namespace {

struct Asked {
  views::TaskFilter filter;
  PageRequest page;
};

Result<Asked> read_query(const http::Request& request) {
  static constexpr std::string_view kDues[] = {"overdue", "today", "week"};
  http::QueryReader in(request);
  Asked asked;
  asked.filter.assignee = text_of(in, "assignee");
  const std::string due = in.optional_one_of("due", kDues).value_or("");
  asked.filter.due = due == "overdue" ? views::DueFilter::kOverdue
                     : due == "today" ? views::DueFilter::kToday
                     : due == "week"  ? views::DueFilter::kWeek
                                      : views::DueFilter::kAny;
  asked.page = page_of(in);
  finish_waiting(in);
  TRY(in.finish());
  return asked;
}

json::array render_tasks(const std::vector<views::Task>& tasks) {
  json::array out;
  for (const auto& task : tasks) out.push_back(render(task));
  return out;
}

}  // namespace

Answer list_tasks(const Api& api, Session session, http::Request request) {
  const Asked asked = CO_TRY(read_query(request));
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(FilterCheck(api, session).user("assignee", asked.filter.assignee).result());
    const auto page = TRY(views::TasksView(rows.context()).list(asked.filter, asked.page));
    return http::Response::json(
        200, json::value(render_page(page, [](const views::Task& task) { return render(task); })));
  });
}

Answer get_today(const Api& api, Session session, http::Request request) {
  http::QueryReader in(request);
  const std::string owner = text_of(in, "owner");
  finish_waiting(in);
  CO_TRY(in.finish());
  co_return co_await reading(api, session, [&](const Reading& rows) -> Result<http::Response> {
    TRY(FilterCheck(api, session).user("owner", owner).result());
    const auto today = TRY(views::TasksView(rows.context()).today(owner));
    json::array waiting;
    for (const auto& deal : today.without_next_step) waiting.push_back(render(deal));
    return http::Response::json(
        200, json::object{{"position", rows.position().value},
                          {"as_of", rows.context().at.rfc3339()},
                          {"overdue", render_tasks(today.overdue)},
                          {"overdue_count", today.overdue_count},
                          {"today", render_tasks(today.today)},
                          {"today_count", today.today_count},
                          {"no_next_step", std::move(waiting)},
                          {"no_next_step_count", today.without_next_step_count}});
  });
}

}  // namespace dealog::api
