#include "libs/domain/deal/automatic_tasks.hpp"

#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "libs/domain/deal/facts.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

// The texts that are kept are in the company's language, not in that of whoever asked.
const std::string& lasting(const rules::LocalText& text) {
  return text.ru.empty() ? text.en : text.ru;
}

DueInput due_of(const OpenTask& task) {
  if (task.due_date) return {.date = task.due_date};
  if (task.due_at.is_zero()) return {};
  return {.at = task.due_at};
}

bool waits_from_earlier_visit(const State& state, const rules::TaskTemplate& task) {
  return std::ranges::any_of(state.open_tasks, [&](const OpenTask& open) {
    return open.automatic && open.kind == task.kind && open.visit != state.visit() &&
           state.visits[open.visit - 1].stage == state.stage();
  });
}

}  // namespace

Result<> create_task(Decision& decision, const rules::TaskTemplate& task, std::size_t cause,
                     std::string rule) {
  const State& state = decision.state();
  const Context& context = decision.context();
  if (task.when && !rules::holds(*task.when, DealFacts(state, context))) return {};
  // A full list of tasks must not keep a deal from moving.
  if (state.open_tasks.size() >= kOpenTasks) return {};
  const TaskId id = context.ids->make<TaskId>();
  v1::TaskCreated event;
  event.set_task(id.text());
  event.set_kind(task.kind);
  event.set_title(lasting(task.title));
  if (!state.owner.is_nil()) event.set_assignee(state.owner.text());
  const Timestamp due = task.due.after(context.now, context.regulation->calendar);
  *event.mutable_due() = TRY(make_due({.at = due}, state.owner, context));
  event.set_visit(state.visit());
  event.set_automatic(true);
  decision.add(std::move(event),
               {.tags = {open_tag(id.text())}, .caused_by = cause, .rule = std::move(rule)});
  return {};
}

Result<> create_stage_tasks(Decision& decision, const rules::Stage& stage, std::size_t cause) {
  for (const rules::TaskTemplate& task : stage.on_entering) {
    if (waits_from_earlier_visit(decision.state(), task)) continue;
    TRY(create_task(decision, task, cause, stage.code));
  }
  return {};
}

Result<> create_tasks_due_by_now(Decision& decision, std::size_t cause) {
  const rules::Stage* stage = decision.regulation().stage(decision.state().stage());
  if (!stage) return {};
  for (const rules::TaskTemplate& task : stage->on_entering) {
    const State& state = decision.state();
    const auto same = [&](const auto& other) {
      return other.kind == task.kind && other.visit == state.visit();
    };
    if (!task.when || std::ranges::any_of(state.open_tasks, same) ||
        std::ranges::any_of(state.done_tasks, same)) {
      continue;
    }
    TRY(create_task(decision, task, cause, stage->code));
  }
  return {};
}

void cancel_tasks_of_closed(Decision& decision, std::size_t cause) {
  const bool lost = decision.state().outcome == Outcome::kLost;
  const std::uint32_t visit = decision.state().visit();
  const std::vector<OpenTask> open = decision.state().open_tasks;
  for (const OpenTask& task : open) {
    if (!lost && (!task.automatic || task.visit == visit)) continue;
    v1::TaskCancelled event;
    event.set_task(task.id.text());
    event.set_reason(lost ? "сделка проиграна" : "сделка выиграна");
    decision.add(std::move(event), {.caused_by = cause, .rule = "deal_closed"});
  }
}

Result<v1::TaskReassigned> reassigned(const OpenTask& task, const UserId& assignee,
                                      const Context& context) {
  v1::TaskReassigned event;
  event.set_task(task.id.text());
  event.set_assignee(assignee.text());
  if (!task.assignee.is_nil()) event.set_previous(task.assignee.text());
  *event.mutable_due() = TRY(make_due(due_of(task), assignee, context));
  return event;
}

Result<> hand_over_tasks(Decision& decision, const UserId& previous, std::size_t cause) {
  const UserId owner = decision.state().owner;
  const std::vector<OpenTask> open = decision.state().open_tasks;
  for (const OpenTask& task : open) {
    if (task.assignee != previous) continue;
    v1::TaskReassigned event = TRY(reassigned(task, owner, decision.context()));
    decision.add(std::move(event), {.caused_by = cause, .rule = "owner_changed"});
  }
  return {};
}

}  // namespace dealog::deal
