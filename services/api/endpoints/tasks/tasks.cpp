// POST /v1/deals/{id}/tasks, /v1/tasks/{id}/complete|reschedule|reassign|cancel
#include "libs/http/json_reader.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/support/part_answer.hpp"

namespace dealog::api {
namespace {

constexpr Place kAssignee[] = {{"user_not_found", "/assignee"}};

deal::DueInput read_due(http::ObjectReader& in) {
  deal::DueInput due{in.optional_time("due_at"), in.optional_date("due_date")};
  if (due.at && due.date) {
    in.error("due_date", "due_twice", "укажите либо due_at, либо due_date",
             "give due_at or due_date, not both");
  }
  return due;
}

Result<deal::CreateTask> read_task(const http::Request& request) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::CreateTask command;
  command.kind = in.required_code("kind");
  command.title = in.required_string("title", limits::kTitleBytes);
  command.assignee = in.optional_id<UserId>("assignee");
  command.due = read_due(in);
  command.place = in.optional_string("place", limits::kTitleBytes).value_or("");
  command.participants = in.string_array("participants", limits::kParticipants, limits::kCodeBytes);
  command.note = in.optional_text("note", limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return command;
}

Result<deal::CompleteTask> read_completion(const http::Request& request, const TaskId& task) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  deal::CompleteTask command{
      .task = task,
      .result = document.object().optional_text("result", limits::kNoteBytes).value_or("")};
  TRY(document.finish());
  return command;
}

Result<deal::RescheduleTask> read_rescheduling(const http::Request& request, const TaskId& task) {
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::RescheduleTask command{.task = task, .due = read_due(in)};
  command.reason = in.optional_text("reason", limits::kNoteBytes).value_or("");
  TRY(document.finish());
  return command;
}

Result<deal::ReassignTask> read_reassignment(const http::Request& request, const TaskId& task) {
  http::JsonDocument document = TRY(http::read_json(request));
  deal::ReassignTask command{.task = task,
                             .assignee = document.object().required_id<UserId>("assignee")};
  TRY(document.finish());
  return command;
}

Result<deal::CancelTask> read_cancellation(const http::Request& request, const TaskId& task) {
  http::JsonDocument document = TRY(http::read_json(request, true));
  deal::CancelTask command{
      .task = task,
      .reason = document.object().optional_text("reason", limits::kNoteBytes).value_or("")};
  TRY(document.finish());
  return command;
}

// Reads the task of the path and the command of the body, runs it, shows the task.
template <class Read>
Answer change_task(const Api& api, Session session, http::Request request, std::string_view name,
                   Read read) {
  const TaskId id = CO_TRY(part_of_path<TaskId>(request, "task"));
  deal::Command command = CO_TRY(read(request, id));
  co_return co_await change_part_and_show(api, std::move(session), std::move(request), name, id,
                                          std::move(command), kAssignee);
}

}  // namespace

Answer create_task(const Api& api, Session session, http::Request request) {
  auto command = CO_TRY(read_task(request));
  co_return co_await create_part<TaskId>(api, std::move(session), std::move(request), "create_task",
                                         std::move(command), kAssignee);
}

Answer complete_task(const Api& api, Session session, http::Request request) {
  return change_task(api, std::move(session), std::move(request), "complete_task", read_completion);
}

Answer reschedule_task(const Api& api, Session session, http::Request request) {
  return change_task(api, std::move(session), std::move(request), "reschedule_task",
                     read_rescheduling);
}

Answer reassign_task(const Api& api, Session session, http::Request request) {
  return change_task(api, std::move(session), std::move(request), "reassign_task",
                     read_reassignment);
}

Answer cancel_task(const Api& api, Session session, http::Request request) {
  return change_task(api, std::move(session), std::move(request), "cancel_task", read_cancellation);
}

}  // namespace dealog::api
