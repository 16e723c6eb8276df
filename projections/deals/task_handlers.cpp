// Touches and tasks.
#include <algorithm>
#include <limits>

#include "dealog/v1/deal_events.pb.h"
#include "libs/projection/sealed_text.hpp"
#include "projections/deals/deal_change.hpp"

namespace dealog::views {
namespace {

// Closed tasks that stay in the row: enough to show what was done lately.
constexpr int kRecentTasks = 10;

template <class Touch>
void put_last_touch(const Touch& m, const RecordedEvent& event, DealChange& change) {
  auto& row = change.row;
  if (m.answers_customer() && row.answered_us() == 0) {
    row.set_answered_us(event.occurred.at.us);
    row.set_answered_by_event(std::string(event.id.view()));
    if (row.answer_by_us() != 0) change.card = true;
  }
  auto& last = *row.mutable_last_touch();
  // Touches may be recorded late: the last is the one that happened last.
  if (last.at_us() > event.occurred.at.us) return;
  last.set_touch(m.touch());
  last.set_kind(m.kind());
  last.set_direction(m.direction());
  last.set_outcome(m.outcome());
  last.set_person(m.person());
  last.set_at_us(event.occurred.at.us);
}

void touched(const v1::TouchRecorded& m, const RecordedEvent& event, DealChange& change) {
  change.row.set_touches(change.row.touches() + 1);
  put_last_touch(m, event, change);
}

void touch_amended(const v1::TouchAmended& m, const RecordedEvent& event, DealChange& change) {
  put_last_touch(m, event, change);
}

// The earliest due first, those without a due last.
std::pair<std::int64_t, std::string_view> task_order(const v1::TaskRow& task) {
  const auto overdue = task.due().overdue_at();
  return {overdue == 0 ? std::numeric_limits<std::int64_t>::max() : overdue, task.task()};
}

void sort_tasks(v1::DealRow& row) { std::ranges::sort(*row.mutable_tasks(), {}, task_order); }

int find_task(const v1::DealRow& row, const std::string& id) {
  for (int i = 0; i < row.tasks_size(); ++i) {
    if (row.tasks(i).task() == id) return i;
  }
  return -1;
}

void task_created(const v1::TaskCreated& m, const RecordedEvent& event, DealChange& change) {
  auto& row = change.row;
  auto& task = *row.add_tasks();
  task.set_task(m.task());
  task.set_kind(m.kind());
  task.set_assignee(m.assignee());
  *task.mutable_due() = m.due();
  *task.mutable_participants() = m.participants();
  task.set_status("open");
  task.set_visit(m.visit());
  task.set_automatic(m.automatic());
  task.set_has_place(m.has_place());
  task.set_has_note(m.has_note());
  task.set_created_us(event.occurred.at.us);
  keep_boxes(event, *task.mutable_texts());
  sort_tasks(row);
  row.set_no_task_since_us(0);
  change.card = true;
}

void close_task(const std::string& id, std::string_view status, const RecordedEvent& event,
                DealChange& change) {
  auto& row = change.row;
  const int place = find_task(row, id);
  if (place < 0) return;
  if (row.recent_tasks_size() >= kRecentTasks) row.mutable_recent_tasks()->DeleteSubrange(0, 1);
  auto& closed = *row.add_recent_tasks();
  closed.Swap(row.mutable_tasks(place));
  row.mutable_tasks()->DeleteSubrange(place, 1);
  closed.set_status(std::string(status));
  closed.set_closed_us(event.occurred.at.us);
  keep_boxes(event, *closed.mutable_ending());
  if (row.tasks().empty()) row.set_no_task_since_us(event.occurred.at.us);
  change.card = true;
}

void task_completed(const v1::TaskCompleted& m, const RecordedEvent& event, DealChange& change) {
  close_task(m.task(), "done", event, change);
}

void task_cancelled(const v1::TaskCancelled& m, const RecordedEvent& event, DealChange& change) {
  close_task(m.task(), "cancelled", event, change);
}

void task_rescheduled(const v1::TaskRescheduled& m, const RecordedEvent&, DealChange& change) {
  const int place = find_task(change.row, m.task());
  if (place < 0) return;
  *change.row.mutable_tasks(place)->mutable_due() = m.due();
  sort_tasks(change.row);
  change.card = true;
}

void task_reassigned(const v1::TaskReassigned& m, const RecordedEvent&, DealChange& change) {
  const int place = find_task(change.row, m.task());
  if (place < 0) return;
  change.row.mutable_tasks(place)->set_assignee(m.assignee());
  *change.row.mutable_tasks(place)->mutable_due() = m.due();
  sort_tasks(change.row);
  change.card = true;
}

}  // namespace

void add_task_handlers(DealHandlers& handlers) {
  handlers.on<&touched>()
      .on<&touch_amended>()
      .on<&task_created>()
      .on<&task_completed>()
      .on<&task_cancelled>()
      .on<&task_rescheduled>()
      .on<&task_reassigned>();
}

}  // namespace dealog::views
