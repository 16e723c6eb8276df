// One contact with the customer. This is the hottest command: one event, no copy of the state.
#include <memory>

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

struct Words {
  std::string_view direction, outcome;
};
Words words_of(const RecordTouch& command) {
  return {command.direction.empty() ? usual_direction(command.kind) : command.direction,
          command.outcome.empty() ? usual_outcome(command.kind) : command.outcome};
}

Result<void> check_touch(const RecordTouch& command, const Words& words, const Context& context) {
  InputCheck check(context.language);
  check_word(command.kind, rules::touch_kinds(), "/kind", check);
  check_word(words.direction, rules::touch_directions(), "/direction", check);
  if (!words.outcome.empty() || command.kind != "note") {
    check_word(words.outcome, rules::touch_outcomes(), "/outcome", check);
  }
  if (command.duration_s > kLongestTouchS) {
    check.add("/duration_s", "out_of_range", "не дольше недели", "at most a week");
  }
  check_url(command.recording_url, check);
  check.text(command.note, "/note", limits::kNoteBytes, Presence::kOptional);
  check.text(command.said, "/said", limits::kNoteBytes, Presence::kOptional);
  return check.result();
}

// Filled in place, and empty texts left alone: a message that is moved or set to "" allocates.
template <class M>
void put_touch(M& event, const RecordTouch& command, const Words& words) {
  event.set_kind(command.kind);
  event.set_direction(std::string(words.direction));
  if (!words.outcome.empty()) event.set_outcome(std::string(words.outcome));
  event.set_duration_s(command.duration_s);
  if (!command.recording_url.empty()) event.set_recording_url(command.recording_url);
  if (!command.said.empty()) event.set_said(command.said);
  if (command.person) event.set_person(command.person->text());
  event.set_answers_customer(!command.automatic &&
                             answers_customer(command.kind, words.direction, words.outcome));
}

Events one_event(std::shared_ptr<const google::protobuf::Message> payload, Occurred occurred,
                 const RecordTouch& command) {
  Events events(1);
  events.front().payload = std::move(payload);
  events.front().occurred = std::move(occurred);
  events.front().tags = command.tags;
  if (command.person && !command.said.empty()) events.front().subject = command.person->text();
  return events;
}

}  // namespace

Result<Events> decide(const State& state, const RecordTouch& command, const Context& context) {
  TRY(require_exists(state, context));
  const Words words = words_of(command);
  TRY(check_touch(command, words, context));
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  auto payload = std::make_shared<v1::TouchRecorded>();
  const TouchId id = command.id.is_nil() ? context.ids->make<TouchId>() : command.id;
  payload->set_touch(id.text());
  put_touch(*payload, command, words);
  if (!command.note.empty()) payload->set_note(command.note);
  stamp_visit(*payload, state, instant_of(occurred, context));
  return one_event(std::move(payload), std::move(occurred), command);
}

Result<Events> decide(const State& state, const AmendTouch& command, const Context& context) {
  TRY(require_exists(state, context));
  const Words words = words_of(command.touch);
  TRY(check_touch(command.touch, words, context));
  Occurred occurred = TRY(occurred_late(command.touch.occurred, context));
  auto payload = std::make_shared<v1::TouchAmended>();
  payload->set_touch(command.touch.id.text());
  put_touch(*payload, command.touch, words);
  stamp_visit(*payload, state, instant_of(occurred, context));
  return one_event(std::move(payload), std::move(occurred), command.touch);
}

}  // namespace dealog::deal
