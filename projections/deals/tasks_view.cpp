#include "projections/deals/tasks_view.hpp"

#include <algorithm>

#include "libs/base/encoding.hpp"
#include "libs/projection/row_keys.hpp"
#include "projections/deals/card.hpp"
#include "projections/deals/deal_reader.hpp"

namespace dealog::views {
namespace {

constexpr std::chrono::hours kWeek{7 * 24};

// A task in the order of its due instant; those without one last.
struct TaskPlace {
  std::int64_t due_us = 0;
  std::string task;
  std::string deal;

  auto order() const { return std::tie(due_us, task); }
  bool operator<(const TaskPlace& other) const { return order() < other.order(); }
};

TaskPlace place_of(const v1::CardTask& task, const std::string& deal) {
  return {task.overdue_us() == 0 ? INT64_MAX : task.overdue_us(), task.task(), deal};
}

bool is_wanted(const TaskFilter& filter, const v1::CardTask& task, Timestamp at) {
  if (!filter.assignee.empty() && task.assignee() != filter.assignee) return false;
  const auto state = state_of(task.today_from_us(), task.overdue_us(), at);
  switch (filter.due) {
    case DueFilter::kAny:
      return true;
    case DueFilter::kOverdue:
      return state == NextStepState::kOverdue;
    case DueFilter::kToday:
      return state == NextStepState::kToday;
    case DueFilter::kWeek:
      return task.overdue_us() != 0 && state != NextStepState::kOverdue &&
             task.today_from_us() < (at + kWeek).us;
  }
  return false;
}

// The first `limit` of `places` in their order; the rest is dropped.
template <class T>
void keep_first(std::vector<T>& places, std::size_t limit) {
  const auto shown = std::min(places.size(), limit);
  std::partial_sort(places.begin(), places.begin() + static_cast<std::ptrdiff_t>(shown),
                    places.end());
  places.resize(shown);
}

std::string cursor_of(const TaskPlace& place) {
  std::string key;
  put_u64(key, static_cast<std::uint64_t>(place.due_us));
  return make_cursor(key + place.task);
}

Result<TaskPlace> read_place(const std::string& cursor) {
  if (cursor.empty()) return TaskPlace{INT64_MIN, {}, {}};
  const std::string key = TRY(read_cursor(cursor));
  if (key.size() <= 8) return fail(ErrorKind::kInvalid, "invalid_cursor", "not a cursor of tasks");
  return TaskPlace{static_cast<std::int64_t>(get_u64(key)), key.substr(8), {}};
}

Result<std::vector<Task>> read_tasks(const ViewContext& context,
                                     const std::vector<TaskPlace>& places) {
  const BoxOpener opener(context.keys, context.personal);
  std::vector<Task> out;
  for (const auto& place : places) {
    const auto row = TRY(find_deal_row(context.rows, place.deal));
    if (!row) continue;
    const auto found = std::ranges::find(row->tasks(), place.task, &v1::TaskRow::task);
    if (found != row->tasks().end()) out.push_back(read_task(*found, place.deal, opener));
  }
  return out;
}

}  // namespace

Result<Page<Task>> TasksView::list(const TaskFilter& filter, const PageRequest& page) const {
  const TaskPlace after = TRY(read_place(page.cursor));
  std::vector<TaskPlace> places;
  const auto visit = [&](std::string_view, const v1::CardRow& card) {
    for (const auto& task : card.tasks()) {
      if (!is_wanted(filter, task, context_.at)) continue;
      auto place = place_of(task, card.deal());
      if (after < place) places.push_back(std::move(place));
    }
    return true;
  };
  auto scanned = visit_cards(context_.rows, row_keys::kActiveCard, ScanOrder::kForward, visit);
  if (!scanned) return fail(std::move(scanned).error());
  Page<Task> out;
  const bool more = places.size() > page.limit;
  keep_first(places, page.limit);
  if (more && !places.empty()) out.next_cursor = cursor_of(places.back());
  out.items = TRY(read_tasks(context_, places));
  return out;
}

Result<Today> TasksView::today(std::string_view owner) const {
  const TaskFilter overdue{std::string(owner), DueFilter::kOverdue};
  const TaskFilter due_today{std::string(owner), DueFilter::kToday};
  std::vector<TaskPlace> late, now, idle;
  const auto visit = [&](std::string_view, const v1::CardRow& card) {
    for (const auto& task : card.tasks()) {
      if (is_wanted(overdue, task, context_.at)) late.push_back(place_of(task, card.deal()));
      if (is_wanted(due_today, task, context_.at)) now.push_back(place_of(task, card.deal()));
    }
    const bool is_mine = owner.empty() || card.owner() == owner;
    if (is_mine && card.outcome() == "open" && card.tasks().empty()) {
      idle.push_back({card.no_task_since_us(), card.deal(), card.deal()});
    }
    return true;
  };
  auto scanned = visit_cards(context_.rows, row_keys::kActiveCard, ScanOrder::kForward, visit);
  if (!scanned) return fail(std::move(scanned).error());
  Today out;
  out.overdue_count = late.size();
  out.today_count = now.size();
  out.without_next_step_count = idle.size();
  for (auto* places : {&late, &now, &idle}) keep_first(*places, limits::kPageItems);
  out.overdue = TRY(read_tasks(context_, late));
  out.today = TRY(read_tasks(context_, now));
  std::vector<std::string> ids;
  for (const auto& place : idle) ids.push_back(place.deal);
  out.without_next_step =
      TRY(read_deals(context_, BoxOpener(context_.keys, context_.personal), ids));
  return out;
}

Result<std::optional<Task>> TasksView::get(std::string_view deal, std::string_view task) const {
  const auto row = TRY(find_deal_row(context_.rows, deal));
  if (!row) return std::nullopt;
  const BoxOpener opener(context_.keys, context_.personal);
  for (const auto* tasks : {&row->tasks(), &row->recent_tasks()}) {
    const auto found = std::ranges::find(*tasks, task, &v1::TaskRow::task);
    if (found != tasks->end()) return read_task(*found, row->deal(), opener);
  }
  return std::nullopt;
}

}  // namespace dealog::views
