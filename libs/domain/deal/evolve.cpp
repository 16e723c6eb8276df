// What each event of the order, its touches and tasks makes of the state. Money and papers are in
// evolve_commerce.cpp.
#include "libs/domain/deal/evolve.hpp"

#include <algorithm>
#include <unordered_map>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/domain/deal/context.hpp"
#include "libs/domain/deal/state.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {

std::optional<Date> date_from_text(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto date = Date::parse(text);
  return date ? std::optional(*date) : std::nullopt;
}

Money money_from_proto(const v1::Money& money) {
  const auto currency = Currency::parse(money.currency());
  return currency ? Money{money.minor(), *currency} : Money{};
}

namespace {

void set_custom(State& state, const std::string& code, const std::string& value) {
  const auto at = std::ranges::lower_bound(state.custom, code, {}, &CustomValue::code);
  const bool present = at != state.custom.end() && at->code == code;
  if (value.empty()) {
    if (present) state.custom.erase(at);
  } else if (present) {
    at->value = value;
  } else {
    state.custom.insert(at, {code, value});
  }
}

// Moves, outcomes and owner changes: they set the earliest time of the next one. A day as the
// time of a fact begins before what happened on that day, so entering never goes back.
Timestamp moved(State& state, const Frame& frame) {
  state.details_version = state.version;
  state.last_move_at = std::max(state.last_move_at, frame.occurred);
  return state.last_move_at;
}

void apply(State& state, const v1::DealOpened& event, const Frame& frame) {
  state.pipeline = event.pipeline();
  state.regulation_version = event.regulation_version();
  state.episode = 1;
  state.opened_at = moved(state, frame);
  state.visits.push_back({event.stage(), state.opened_at});
  state.stuck_at = {event.stuck_at()};
  state.answer_by = {event.answer_by()};
  state.owner = id_from_text<UserId>(event.owner());
  state.owner_stands_in = event.owner_stands_in();
  state.company = id_from_text<CompanyId>(event.company());
  state.title = event.title();
  state.amount = money_from_proto(event.amount());
  state.work_type = event.work_type();
  state.source = event.source();
  state.expected_close = date_from_text(event.expected_close_date());
  if (!event.person().empty()) {
    state.participants.push_back(
        {id_from_text<PersonId>(event.person()), std::string(kContactRole)});
  }
  for (const v1::TextField& field : event.custom()) set_custom(state, field.code(), field.value());
}

void apply(State& state, const v1::DealStageReported& event, const Frame& frame) {
  const Timestamp at = moved(state, frame);
  // A deal that was opened at a stage has its first visit already.
  if (event.visit() > state.visit()) {
    state.visits.push_back({event.to(), at});
  }
  state.regulation_version = event.regulation_version();
  state.stuck_at = {event.stuck_at()};
}

void apply(State& state, const v1::DealStageChanged& event, const Frame& frame) {
  state.visits.push_back({event.to(), moved(state, frame)});
  state.regulation_version = event.regulation_version();
  state.stuck_at = {event.stuck_at()};
}

void clear_field(State& state, std::string_view name) {
  if (name == "amount")
    state.amount = {};
  else if (name == "work_type")
    state.work_type.clear();
  else if (name == "source")
    state.source.clear();
  else if (name == "expected_close_date")
    state.expected_close.reset();
  else if (name.starts_with("custom."))
    set_custom(state, std::string(name.substr(7)), {});
}

void apply(State& state, const v1::DealDetailsChanged& event, const Frame&) {
  state.details_version = state.version;
  if (event.has_title()) state.title = event.title();
  if (event.has_amount()) state.amount = money_from_proto(event.amount());
  if (event.has_work_type()) state.work_type = event.work_type();
  if (event.has_source()) state.source = event.source();
  if (event.has_expected_close_date()) {
    state.expected_close = date_from_text(event.expected_close_date());
  }
  // Named openly, valued in the box: what the box no longer tells is gone.
  for (const std::string& code : event.custom_codes()) set_custom(state, code, {});
  for (const v1::TextField& field : event.custom()) set_custom(state, field.code(), field.value());
  for (const std::string& name : event.cleared()) clear_field(state, name);
}

void apply(State& state, const v1::DealOwnerAssigned& event, const Frame& frame) {
  moved(state, frame);
  state.owner = id_from_text<UserId>(event.owner());
  state.owner_stands_in = false;
}

void apply(State& state, const v1::DealCompanyLinked& event, const Frame&) {
  state.details_version = state.version;
  state.company = id_from_text<CompanyId>(event.company());
}

void apply(State& state, const v1::DealParticipantAdded& event, const Frame&) {
  state.details_version = state.version;
  const auto person = id_from_text<PersonId>(event.person());
  const auto known = std::ranges::find(state.participants, person, &Participant::person);
  if (known != state.participants.end()) {
    known->role = event.role();
  } else {
    state.participants.push_back({person, event.role()});
  }
}

void apply(State& state, const v1::DealParticipantRemoved& event, const Frame&) {
  state.details_version = state.version;
  std::erase_if(state.participants, [&](const Participant& participant) {
    return participant.person == id_from_text<PersonId>(event.person());
  });
}

void close(State& state, Outcome outcome, const Frame& frame) {
  state.closed_at = moved(state, frame);
  state.outcome = outcome;
  state.stuck_at = {};
}

void apply(State& state, const v1::DealWon&, const Frame& frame) {
  close(state, Outcome::kWon, frame);
}

void apply(State& state, const v1::DealLost&, const Frame& frame) {
  close(state, Outcome::kLost, frame);
}

void apply(State& state, const v1::DealReopened& event, const Frame& frame) {
  state.visits.push_back({event.stage(), moved(state, frame)});
  state.outcome = Outcome::kOpen;
  state.closed_at = {};
  state.episode = event.episode();
  state.stuck_at = {event.stuck_at()};
}

void apply(State&, const v1::AutomationStopped&, const Frame&) {}

template <class Touch>
void add_touch(State& state, const Touch& event, const Frame& frame) {
  const TouchSeen seen{word_place(rules::touch_kinds(), event.kind()),
                       word_place(rules::touch_directions(), event.direction()),
                       word_place(rules::touch_outcomes(), event.outcome()),
                       event.answers_customer(),
                       event.visit(),
                       frame.occurred};
  for (TouchSeen& known : state.touches) {
    if (known.kind == seen.kind && known.direction == seen.direction &&
        known.outcome == seen.outcome && known.answers_customer == seen.answers_customer) {
      known.last_visit = std::max(known.last_visit, seen.last_visit);
      known.last_occurred = std::max(known.last_occurred, seen.last_occurred);
      return;
    }
  }
  state.touches.push_back(seen);
}

void apply(State& state, const v1::TouchRecorded& event, const Frame& frame) {
  add_touch(state, event, frame);
}
// Both what was told first and what is known now have been seen.
void apply(State& state, const v1::TouchAmended& event, const Frame& frame) {
  add_touch(state, event, frame);
}

void set_due(OpenTask& task, const v1::Due& due) {
  task.due_at = {due.due_at()};
  task.due_date = date_from_text(due.due_date());
  task.today_from = {due.today_at()};
  task.overdue_at = {due.overdue_at()};
  const bool given = due.overdue_at() != 0;
  task.members =
      static_cast<std::uint8_t>(given ? task.members | kHasDue : task.members & ~unsigned{kHasDue});
}

void set_assignee(OpenTask& task, const std::string& assignee) {
  task.assignee = id_from_text<UserId>(assignee);
  task.members =
      static_cast<std::uint8_t>(task.assignee.is_nil() ? task.members & ~unsigned{kHasAssignee}
                                                       : task.members | kHasAssignee);
}

void apply(State& state, const v1::TaskCreated& event, const Frame&) {
  OpenTask task;
  task.id = id_from_text<TaskId>(event.task());
  task.kind = event.kind();
  task.visit = event.visit();
  task.automatic = event.automatic();
  task.members = static_cast<std::uint8_t>((event.participants().empty() ? 0 : kHasParticipants) |
                                           (event.has_place() ? kHasPlace : 0) |
                                           (event.has_note() ? kHasNote : 0));
  set_assignee(task, event.assignee());
  set_due(task, event.due());
  state.open_tasks.push_back(std::move(task));
}

auto find_task(State& state, const std::string& id) {
  return std::ranges::find(state.open_tasks, id_from_text<TaskId>(id), &OpenTask::id);
}

void remember_done(State& state, const OpenTask& task) {
  for (DoneTasks& done : state.done_tasks) {
    if (done.kind == task.kind && done.members == task.members && done.visit == task.visit) {
      done.last_overdue_at = std::max(done.last_overdue_at, task.overdue_at);
      return;
    }
  }
  state.done_tasks.push_back({task.kind, task.members, task.visit, task.overdue_at});
}

void apply(State& state, const v1::TaskCompleted& event, const Frame&) {
  const auto task = find_task(state, event.task());
  if (task == state.open_tasks.end()) return;
  remember_done(state, *task);
  state.closed_tasks.push_back({task->id, false});
  state.open_tasks.erase(task);
}

void apply(State& state, const v1::TaskCancelled& event, const Frame&) {
  const auto task = find_task(state, event.task());
  if (task == state.open_tasks.end()) return;
  state.closed_tasks.push_back({task->id, true});
  state.open_tasks.erase(task);
}

void apply(State& state, const v1::TaskRescheduled& event, const Frame&) {
  const auto task = find_task(state, event.task());
  if (task != state.open_tasks.end()) set_due(*task, event.due());
}

void apply(State& state, const v1::TaskReassigned& event, const Frame&) {
  const auto task = find_task(state, event.task());
  if (task == state.open_tasks.end()) return;
  set_assignee(*task, event.assignee());
  set_due(*task, event.due());
}

template <class M>
void remember_run(State& state, const M& event, bool simulated, const Frame& frame) {
  if (event.step() > 0) return;  // it goes on: the limits count beginnings
  for (RuleRun& run : state.rule_runs) {
    if (run.rule != event.rule() || run.simulated != simulated) continue;
    run.visit = event.visit();
    run.at = frame.occurred;
    return;
  }
  state.rule_runs.push_back({event.rule(), simulated, event.visit(), frame.occurred});
}
void apply(State& state, const v1::RuleFired& event, const Frame& frame) {
  remember_run(state, event, false, frame);
}
void apply(State& state, const v1::RuleSimulated& event, const Frame& frame) {
  remember_run(state, event, true, frame);
}

constexpr auto kApply = [](State& state, const auto& event, const Frame& frame) {
  apply(state, event, frame);
};

const Appliers& appliers() {
  static const Appliers kAppliers = [] {
    Appliers made;
    add_appliers<kApply, v1::DealOpened, v1::DealStageReported, v1::DealStageChanged,
                 v1::DealDetailsChanged, v1::DealOwnerAssigned, v1::DealCompanyLinked,
                 v1::DealParticipantAdded, v1::DealParticipantRemoved, v1::DealWon, v1::DealLost,
                 v1::DealReopened, v1::AutomationStopped, v1::TouchRecorded, v1::TouchAmended,
                 v1::TaskCreated, v1::TaskCompleted, v1::TaskRescheduled, v1::TaskReassigned,
                 v1::TaskCancelled, v1::RuleFired, v1::RuleSimulated>(made);
    add_commerce_appliers(made);
    add_approval_appliers(made);
    return made;
  }();
  return kAppliers;
}

void evolve_with(State& state, const google::protobuf::Message* payload, const Frame& frame) {
  state.version = state.version.next();
  if (!payload) return;
  const auto found = appliers().find(payload->GetDescriptor());
  if (found != appliers().end()) found->second(state, *payload, frame);
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  evolve_with(state, event.payload.get(), {event.occurred.at, event.actor});
}

void evolve(State& state, const NewEvent& event, const Context& context) {
  const Timestamp occurred = event.occurred ? event.occurred->at : context.now;
  evolve_with(state, event.payload.get(), {occurred, context.actor});
}

}  // namespace dealog::deal
