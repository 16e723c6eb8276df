#include "libs/command/use_cases/calls.hpp"

#include <algorithm>

namespace dealog::use_cases {
namespace {

using call::State;

bool came_in(const State& state, const call::ReportCall& report) {
  const std::string known = state.direction.value.value_or(report.direction);
  return known.empty() || known == "in";
}

// Who it is with. Only somebody who calls us and may open a deal is registered.
Result<std::optional<PersonId>> person_of(Unit& unit, const State& state, const CallInput& input) {
  if (state.person.value) return TRY(PersonId::parse(*state.person.value));
  const auto* person = std::get_if<PersonInput>(&input.open.person);
  if (person == nullptr || person->contacts.empty()) return std::nullopt;
  if (const auto known = TRY(find_person(unit, *person))) return known;
  if (const auto known = TRY(person_of_threads(unit, input.threads))) return known;
  const bool new_ones = input.open.on_open_deal != OnOpenDeal::kTouchOnly;
  if (!new_ones || !came_in(state, input.report)) return std::nullopt;
  return TRY(find_or_register_person(unit, *person)).person;
}

deal::RecordTouch touch_command(const call::Touch& touch, const TouchId& id,
                                const std::optional<PersonId>& person) {
  return {.kind = "call",
          .direction = touch.direction,
          .outcome = touch.outcome,
          .duration_s = touch.duration_s,
          .recording_url = touch.recording_url,
          .person = person,
          .id = id,
          .occurred = OccurredAt{.at = touch.started_at, .date = {}, .time_zone = ""}};
}

bool has_call_task(const deal::State& state) {
  return std::ranges::any_of(state.open_tasks,
                             [](const auto& task) { return task.kind == "call"; });
}

TaskId call_back_of(const CallId& call) { return TaskId(Uuid::derived(call.uuid(), "call back")); }

Result<void> plan_call_back(Unit& unit, const CallId& call, const DealId& deal,
                            std::chrono::minutes within) {
  if (has_call_task(*TRY(unit.load<deal::State>(deal.text())))) return {};
  const Timestamp due{unit.now().us + std::chrono::microseconds(within).count()};
  return change_deal(
      unit, deal,
      deal::CreateTask{
          .kind = "call", .title = "Перезвонить", .due = {.at = due}, .id = call_back_of(call)});
}

// One leg was missed and another answered: nobody waits for a call.
Result<void> drop_call_back(Unit& unit, const CallId& call, const DealId& deal) {
  const auto* state = TRY(unit.load<deal::State>(deal.text()));
  const TaskId task = call_back_of(call);
  if (std::ranges::find(state->open_tasks, task, &deal::OpenTask::id) == state->open_tasks.end()) {
    return {};
  }
  return change_deal(unit, deal, deal::CancelTask{.task = task, .reason = "дозвонились"});
}

Result<void> add_recordings(Unit& unit, const CallInput& input, const std::string& person) {
  for (const auto& body : input.recordings) {
    const auto* state = TRY(unit.load<State>(input.call.text()));
    unit.emit(input.call.text(),
              TRY(call::decide(*state,
                               call::AddRecording{.source = body.source,
                                                  .recording = {body.id, body.delivery},
                                                  .person = person},
                               unit.language())));
  }
  return {};
}

// Once the call is a touch of a deal: all that were told of so far.
Result<void> request_recordings(Unit& unit, const CallInput& input,
                                const std::optional<PersonId>& person) {
  const State state = *TRY(unit.load<State>(input.call.text()));
  if (state.recordings.empty() || state.touch.empty()) return {};
  std::vector<KeptBody> bodies;
  for (const auto& recording : state.recordings) {
    bodies.push_back({.source = state.source,
                      .delivery = recording.delivery,
                      .what = std::string(fetch::kRecording),
                      .id = recording.reference,
                      .name = "recording",
                      .media_type = {}});
  }
  const DealId deal = TRY(DealId::parse(state.deal));
  const TouchId touch = TRY(TouchId::parse(state.touch));
  return request_files(unit, deal, touch, person, bodies);
}

Result<JoinedCall> make_touch(Unit& unit, const CallInput& input, const State& state,
                              const call::Touch& touch, const std::optional<PersonId>& person) {
  ArrivedTouch arrived{.open = input.open, .threads = input.threads};
  const auto id = TouchId(Uuid::derived(input.call.uuid(), "touch"));
  arrived.open.touch = touch_command(touch, id, person);
  if (person) arrived.open.person = *person;
  if (touch.direction != "in") arrived.open.on_open_deal = OnOpenDeal::kTouchOnly;
  if (const auto agent = UserId::parse(state.agent.value.value_or(""))) {
    arrived.open.deal.owner = *agent;
  }
  const auto placed = TRY(place_touch(unit, arrived));
  if (placed.deal.is_nil()) return JoinedCall{{}, placed.person, false};
  const auto* before = TRY(unit.load<State>(input.call.text()));
  unit.emit(input.call.text(),
            TRY(call::decide(*before, call::LinkCall{placed.deal, id}, unit.language())));
  if (touch.direction == "in" && touch.outcome != "connected" && input.call_back_within) {
    TRY(plan_call_back(unit, input.call, placed.deal, *input.call_back_within));
  }
  return JoinedCall{placed.deal, placed.person, placed.opened};
}

// The report, and the touch or what is new about it.
Result<JoinedCall> join(Unit& unit, const CallInput& input) {
  const StreamName stream = input.call.text();
  const State before = *TRY(unit.load<State>(stream));
  const auto person = TRY(person_of(unit, before, input));
  call::ReportCall report = input.report;
  if (person) report.person = person->text();
  unit.emit(stream, TRY(call::decide(before, report, unit.language())));
  TRY(add_recordings(unit, input, report.person));

  const State after = *TRY(unit.load<State>(stream));
  const auto touch = call::touch_of(after);
  if (!touch || (!person && before.touch.empty())) return JoinedCall{{}, person, false};
  if (after.touch.empty()) return make_touch(unit, input, after, *touch, person);
  const DealId deal = TRY(DealId::parse(after.deal));
  if (call::touch_of(before) != touch) {
    const TouchId id = TRY(TouchId::parse(after.touch));
    TRY(change_deal(unit, deal, deal::AmendTouch{touch_command(*touch, id, person)}));
    if (touch->outcome == "connected") TRY(drop_call_back(unit, input.call, deal));
  }
  return JoinedCall{deal, person, false};
}

}  // namespace

Result<JoinedCall> report_call(Unit& unit, const CallInput& input) {
  const auto joined = TRY(join(unit, input));
  TRY(request_recordings(unit, input, joined.person));
  return joined;
}

}  // namespace dealog::use_cases
