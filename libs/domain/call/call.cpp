#include "libs/domain/call/call.hpp"

#include <algorithm>
#include <array>

#include "dealog/v1/channel_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/refusal.hpp"

namespace dealog::call {
namespace {

using Events = std::vector<NewEvent>;

// In the order of Stage.
constexpr std::array<std::string_view, 5> kStages = {"recording", "started", "ringing", "answered",
                                                     "finished"};
constexpr std::array<std::string_view, 3> kDirections = {"in", "out", "internal"};

std::optional<Stage> stage_named(std::string_view name) {
  const auto found = std::ranges::find(kStages, name);
  if (found == kStages.end()) return std::nullopt;
  return static_cast<Stage>(found - kStages.begin());
}

void apply(State& state, const v1::CallReported& event) {
  const Authority by{
      stage_named(event.state()).value_or(Stage::kRecording), event.sequence(), {event.at()}};
  const auto tell = [&by](Told<std::string>& told, const std::string& text) {
    if (!text.empty()) told.tell(text, by);
  };
  state.source = event.source();
  state.ended = state.ended || by.stage == Stage::kFinished;
  // A recording is ready long after the call.
  const bool of_the_call = by.stage != Stage::kRecording;
  if (of_the_call && (state.started_at == Timestamp{} || by.at < state.started_at)) {
    state.started_at = by.at;
  }
  // Of the legs of one call it is enough that one was answered.
  if (event.has_answered()) state.answered.tell(event.answered(), {.stage = by.stage});
  if (by.stage == Stage::kAnswered) state.answered.tell(true, {.stage = by.stage});
  if (event.has_duration_s()) state.duration_s.tell(event.duration_s(), by);
  if (event.has_talk_s()) state.talk_s.tell(event.talk_s(), by);
  tell(state.direction, event.direction());
  tell(state.agent, event.agent());
  tell(state.person, event.person());
  tell(state.recording_url, event.recording_url());
}

void apply(State& state, const v1::CallLinked& event) {
  state.deal = event.deal();
  state.touch = event.touch();
}

// Of an erased person the reference is empty: nobody can ask for it.
void apply(State& state, const v1::CallRecordingReady& event) {
  if (event.recording().empty()) return;
  Recording recording{event.recording(), event.delivery()};
  const auto place = std::ranges::lower_bound(state.recordings, recording);
  state.recordings.insert(place, std::move(recording));
}

void check_word(std::string_view word, std::span<const std::string_view> words,
                std::string_view pointer, InputCheck& check) {
  if (std::ranges::find(words, word) != words.end()) return;
  check.add(std::string(pointer), "unknown_value", "неизвестное значение", "unknown value");
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  state.version = state.version.next();
  if (const auto* reported = event.as<v1::CallReported>()) apply(state, *reported);
  if (const auto* recording = event.as<v1::CallRecordingReady>()) apply(state, *recording);
  if (const auto* linked = event.as<v1::CallLinked>()) apply(state, *linked);
}

Result<Events> decide(const State&, const ReportCall& command, Language language) {
  InputCheck check(language);
  check_word(command.state, kStages, "/state", check);
  if (!command.direction.empty()) check_word(command.direction, kDirections, "/direction", check);
  TRY(check.result());
  v1::CallReported event;
  event.set_source(command.source);
  event.set_state(command.state);
  event.set_direction(command.direction);
  if (command.answered) event.set_answered(*command.answered);
  if (command.duration_s) event.set_duration_s(*command.duration_s);
  if (command.talk_s) event.set_talk_s(*command.talk_s);
  event.set_at(command.at.us);
  event.set_sequence(command.sequence);
  event.set_agent(command.agent);
  event.set_person(command.person);
  event.set_recording_url(command.recording_url);
  Events events{make_event(std::move(event))};
  // The voice is theirs: the address goes with the person.
  if (!command.recording_url.empty()) events.front().subject = command.person;
  if (!command.person.empty()) events.front().tags.push_back(open_tag(command.person));
  return events;
}

Result<Events> decide(const State& state, const AddRecording& command, Language) {
  const bool known = std::ranges::find(state.recordings, command.recording.reference,
                                       &Recording::reference) != state.recordings.end();
  if (known || state.recordings.size() >= kRecordings) return Events{};
  v1::CallRecordingReady event;
  event.set_source(command.source);
  event.set_delivery(command.recording.delivery);
  event.set_recording(command.recording.reference);
  Events events{make_event(std::move(event))};
  events.front().subject = command.person;
  return events;
}

Result<Events> decide(const State& state, const LinkCall& command, Language language) {
  if (!state.touch.empty()) {
    return refuse(language, ErrorKind::kConflict, "call_linked", "этот звонок уже в сделке",
                  "this call is a touch of a deal already");
  }
  v1::CallLinked event;
  event.set_deal(command.deal.text());
  event.set_touch(command.touch.text());
  return Events{make_event(std::move(event))};
}

std::optional<Touch> touch_of(const State& state) {
  const std::string direction = state.direction.value.value_or("in");
  const bool answered = state.answered.value.value_or(false);
  if (direction == "internal" || (!state.ended && !answered)) return std::nullopt;
  Touch touch{.direction = direction,
              .outcome = answered ? "connected" : "no_answer",
              .recording_url = state.recording_url.value.value_or(""),
              .started_at = state.started_at};
  if (answered && state.ended) {
    touch.duration_s = state.talk_s.value.value_or(state.duration_s.value.value_or(0));
  }
  return touch;
}

}  // namespace dealog::call
