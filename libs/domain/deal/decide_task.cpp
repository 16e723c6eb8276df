// Next steps: made, done, put off, handed over, given up. They are allowed on a closed deal, too:
// a won one is where a repeat sale begins.
#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automatic_tasks.hpp"
#include "libs/domain/deal/decision.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/timing.hpp"

namespace dealog::deal {
namespace {

Result<> check_task(const CreateTask& command, const Context& context) {
  InputCheck check(context.language);
  check.code(command.kind, "/kind");
  check.text(command.title, "/title", limits::kTitleBytes, Presence::kRequired);
  check.text(command.place, "/place", limits::kTitleBytes, Presence::kOptional);
  check.text(command.note, "/note", limits::kNoteBytes, Presence::kOptional);
  if (command.participants.size() > kTaskParticipants) {
    check.add("/participants", "too_many", fmt::format("не больше {}", kTaskParticipants),
              fmt::format("at most {}", kTaskParticipants));
  } else {
    for (std::size_t i = 0; i < command.participants.size(); ++i) {
      const std::string& who = command.participants[i];
      if (PersonId::parse(who) || UserId::parse(who)) continue;
      check.add(fmt::format("/participants/{}", i), "invalid_id", "нужен per_… или usr_…",
                "per_… or usr_… is expected");
    }
  }
  return check.result();
}

UserId assignee_of(const State& state, const CreateTask& command, const Context& context) {
  if (command.assignee) return *command.assignee;
  if (!state.owner.is_nil() || context.actor.kind != "user") return state.owner;
  const auto actor = UserId::parse(context.actor.id);
  return actor ? *actor : UserId{};
}

Result<const OpenTask*> find_open(const State& state, const TaskId& id, const Context& context) {
  TRY(require_exists(state, context));
  if (const OpenTask* task = state.open_task(id)) return task;
  const auto closed = std::ranges::find(state.closed_tasks, id, &ClosedTask::id);
  if (closed == state.closed_tasks.end()) {
    return refuse(context, ErrorKind::kNotFound, "task_not_found", "у сделки нет такой задачи",
                  "the deal has no such task");
  }
  return refuse(context, ErrorKind::kConflict, "task_closed",
                closed->cancelled ? "задача отменена" : "задача уже выполнена",
                closed->cancelled ? "the task was cancelled" : "the task is done already");
}

Result<> check_text(const std::string& text, const char* pointer, const Context& context) {
  InputCheck check(context.language);
  check.text(text, pointer, limits::kNoteBytes, Presence::kOptional);
  return check.result();
}

}  // namespace

Result<Events> decide(const State& state, const CreateTask& command, const Context& context) {
  TRY(require_exists(state, context));
  TRY(check_task(command, context));
  if (state.open_tasks.size() >= kOpenTasks) return too_many(context, "open_tasks", kOpenTasks);
  if (state.open_tasks.size() + state.closed_tasks.size() >= kTasks) {
    return too_many(context, "tasks", kTasks);
  }
  const TaskId id = command.id.is_nil() ? context.ids->make<TaskId>() : command.id;
  const UserId assignee = assignee_of(state, command, context);
  v1::TaskCreated event;
  event.set_task(id.text());
  event.set_kind(command.kind);
  event.set_title(command.title);
  if (!assignee.is_nil()) event.set_assignee(assignee.text());
  *event.mutable_due() = TRY(make_due(command.due, assignee, context));
  event.set_place(command.place);
  for (const std::string& who : command.participants) event.add_participants(who);
  event.set_note(command.note);
  event.set_visit(state.visit());
  event.set_has_place(!trim(command.place).empty());
  event.set_has_note(!trim(command.note).empty());
  event.set_automatic(command.automatic);
  return single(std::move(event), {open_tag(id.text())});
}

Result<Events> decide(const State& state, const CompleteTask& command, const Context& context) {
  TRY(find_open(state, command.task, context));
  TRY(check_text(command.result, "/result", context));
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  v1::TaskCompleted event;
  event.set_task(command.task.text());
  event.set_result(command.result);
  return single(std::move(event), {}, std::move(occurred));
}

Result<Events> decide(const State& state, const RescheduleTask& command, const Context& context) {
  const OpenTask* task = TRY(find_open(state, command.task, context));
  TRY(check_text(command.reason, "/reason", context));
  if (!command.due.at && !command.due.date) {
    InputCheck check(context.language);
    check.add("/due_at", "required", "нужно новое время или день",
              "the new instant or day is needed");
    TRY(check.result());
  }
  v1::TaskRescheduled event;
  event.set_task(command.task.text());
  *event.mutable_due() = TRY(make_due(command.due, task->assignee, context));
  event.set_reason(command.reason);
  return single(std::move(event));
}

Result<Events> decide(const State& state, const ReassignTask& command, const Context& context) {
  const OpenTask* task = TRY(find_open(state, command.task, context));
  if (command.assignee.is_nil()) {
    InputCheck check(context.language);
    check.add("/assignee", "required", "Это поле обязательно", "This field is required");
    TRY(check.result());
  }
  if (task->assignee == command.assignee) return Events{};
  return single(TRY(reassigned(*task, command.assignee, context)));
}

Result<Events> decide(const State& state, const CancelTask& command, const Context& context) {
  TRY(find_open(state, command.task, context));
  TRY(check_text(command.reason, "/reason", context));
  v1::TaskCancelled event;
  event.set_task(command.task.text());
  event.set_reason(command.reason);
  return single(std::move(event));
}

}  // namespace dealog::deal
