// Open tasks of all deals, and what somebody has to do today.
#pragma once

#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

enum class DueFilter {
  kAny,
  kOverdue,  // overdue at the instant asked about
  kToday,    // its day has begun in the assignee's zone, and it is not overdue
  kWeek,     // its day begins within seven days from that instant, and it is not overdue
};

struct TaskFilter {
  std::string assignee;  // "": everybody's
  DueFilter due = DueFilter::kAny;
};

struct Today {
  std::vector<Task> overdue;            // the longest overdue first
  std::vector<Task> today;              // the earliest first
  std::vector<Deal> without_next_step;  // open deals of the owner, the longest without first
  // How many there are in all: the lists hold at most limits::kPageItems each.
  std::size_t overdue_count = 0, today_count = 0, without_next_step_count = 0;
};

// Thread: one.
class TasksView {
 public:
  explicit TasksView(const ViewContext& context) : context_(context) {}

  // The earliest due first; tasks without a due instant last.
  Result<Page<Task>> list(const TaskFilter& filter, const PageRequest& page) const;
  // `owner` "": of everybody.
  Result<Today> today(std::string_view owner) const;
  // A task of a deal, open or among the lately closed; nothing when it is not there.
  Result<std::optional<Task>> get(std::string_view deal, std::string_view task) const;

 private:
  const ViewContext& context_;
};

}  // namespace dealog::views
