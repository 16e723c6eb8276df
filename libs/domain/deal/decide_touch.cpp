// One contact with the customer. This is the hottest command: one event, no copy of the state.
#include "dealog/v1/deal_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/decision.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

// A week: nothing that somebody calls one contact lasts longer.
constexpr std::uint32_t kLongestTouchS = 7 * 24 * 3600;

void check_word(std::string_view word, std::span<const rules::Word> words, const char* pointer,
                InputCheck& check) {
  if (word_place(words, word) != kNoWord) return;
  const std::string expected = rules::suggestion(word, rules::codes_of(words));
  check.add(pointer, word.empty() ? "required" : "unknown_value", "неизвестное значение" + expected,
            "unknown value" + expected);
}

void check_url(const std::string& url, InputCheck& check) {
  check.text(url, "/recording_url", kUrlBytes, Presence::kOptional);
  if (!url.empty() && !url.starts_with("https://") && !url.starts_with("http://")) {
    check.add("/recording_url", "invalid_url", "ссылка вида https://…",
              "an address of the form https://… is expected");
  }
}

}  // namespace

Result<Events> decide(const State& state, const RecordTouch& command, const Context& context) {
  TRY(require_exists(state, context));
  const std::string_view direction =
      command.direction.empty() ? usual_direction(command.kind) : command.direction;
  const std::string_view outcome =
      command.outcome.empty() ? usual_outcome(command.kind) : command.outcome;
  InputCheck check(context.language);
  check_word(command.kind, rules::touch_kinds(), "/kind", check);
  check_word(direction, rules::touch_directions(), "/direction", check);
  if (!outcome.empty() || command.kind != "note") {
    check_word(outcome, rules::touch_outcomes(), "/outcome", check);
  }
  if (command.duration_s > kLongestTouchS) {
    check.add("/duration_s", "out_of_range", "не дольше недели", "at most a week");
  }
  check_url(command.recording_url, check);
  check.text(command.note, "/note", limits::kNoteBytes, Presence::kOptional);
  check.text(command.said, "/said", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  Occurred occurred = TRY(occurred_late(command.occurred, context));

  // Filled in place, and empty texts left alone: a message that is moved or set to "" allocates.
  auto payload = std::make_shared<v1::TouchRecorded>();
  v1::TouchRecorded& event = *payload;
  const TouchId id = command.id.is_nil() ? context.ids->make<TouchId>() : command.id;
  event.set_touch(id.text());
  event.set_kind(command.kind);
  event.set_direction(std::string(direction));
  if (!outcome.empty()) event.set_outcome(std::string(outcome));
  event.set_duration_s(command.duration_s);
  if (!command.recording_url.empty()) event.set_recording_url(command.recording_url);
  if (!command.note.empty()) event.set_note(command.note);
  if (!command.said.empty()) event.set_said(command.said);
  if (command.person) event.set_person(command.person->text());
  event.set_answers_customer(answers_customer(command.kind, direction, outcome));
  stamp_visit(event, state, instant_of(occurred, context));
  Events events(1);
  events.front().payload = std::move(payload);
  events.front().occurred = std::move(occurred);
  if (command.person && !command.said.empty()) events.front().subject = command.person->text();
  return events;
}

}  // namespace dealog::deal
