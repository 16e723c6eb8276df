// POST /v1/deals/{id}/touches: the endpoint that is called most. It waits for the disk and for
// nothing else: the answer is made from the event.
#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/deals.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/rules/vocabulary.hpp"
#include "services/api/endpoints/work.hpp"
#include "services/api/render/json.hpp"
#include "services/api/support/deal_answer.hpp"

namespace dealog::api {
namespace {

using Payload = std::shared_ptr<const google::protobuf::Message>;

constexpr std::int64_t kMaxDurationSeconds = 7 * 24 * 3600;
constexpr std::size_t kMaxUrlBytes = 2048;

Result<deal::RecordTouch> read_input(const http::Request& request) {
  static const auto kinds = rules::codes_of(rules::touch_kinds());
  static const auto directions = rules::codes_of(rules::touch_directions());
  static const auto outcomes = rules::codes_of(rules::touch_outcomes());
  http::JsonDocument document = TRY(http::read_json(request));
  http::ObjectReader& in = document.object();
  deal::RecordTouch command;
  command.kind = in.required_one_of("kind", kinds);
  command.direction = in.required_one_of("direction", directions);
  command.outcome = in.required_one_of("outcome", outcomes);
  command.duration_s = static_cast<std::uint32_t>(
      in.optional_integer("duration_s", 0, kMaxDurationSeconds).value_or(0));
  command.recording_url = in.optional_string("recording_url", kMaxUrlBytes).value_or("");
  command.note = in.optional_text("note", limits::kNoteBytes).value_or("");
  command.person = in.optional_id<PersonId>("person");
  if (const auto at = in.optional_time("occurred_at")) {
    command.occurred = OccurredAt{.at = *at, .date = {}, .time_zone = ""};
  }
  TRY(document.finish());
  return command;
}

json::object render_touch(const v1::TouchRecorded& touch, const std::string& deal,
                          Timestamp occurred_at) {
  return {{"id", touch.touch()},
          {"deal", deal},
          {"kind", touch.kind()},
          {"direction", touch.direction()},
          {"outcome", touch.outcome()},
          {"occurred_at", occurred_at.rfc3339()},
          {"duration_s", touch.duration_s()},
          {"recording_url", or_null(touch.recording_url())},
          {"note", or_null(touch.note())},
          {"person", or_null(touch.person())},
          {"stage", touch.stage()},
          {"stage_visit", touch.visit()}};
}

struct Recorded {
  Payload payload;
  Timestamp occurred_at;
  std::uint64_t details_version = 0;  // which a touch leaves as it was
};

Result<Recorded> record(Unit& unit, const DealId& id, const deal::RecordTouch& command,
                        Language language) {
  TRY(use_cases::change_deal(unit, id, command, language));
  const NewEvent& event = unit.emitted().back().event;
  const deal::State* state = TRY(unit.glance<deal::State>(id.text()));
  return Recorded{event.payload, event.occurred ? event.occurred->at : unit.now(),
                  state->details_version.value};
}

}  // namespace

Answer record_touch(const Api& api, Session session, http::Request request) {
  const DealId id = CO_TRY(deal_of_path(request));
  const auto command = CO_TRY(read_input(request));
  auto asked = command_of(session, request, "record_touch", id.text(), Access::kShared);
  if (asked) asked->brief = true;
  auto done = CO_TRY(co_await execute(api, std::move(asked),
                                      [&id, &command, language = session.language](Unit& unit) {
                                        return record(unit, id, command, language);
                                      }));
  if (!done.value) {
    const RecordedEvent event = CO_TRY(appended<v1::TouchRecorded>(api, done.outcome));
    const auto state = CO_TRY(api.bus.folds().as_of<deal::State>(id.text(), done.outcome.last));
    done.value = Recorded{event.payload, event.occurred.at, state->details_version.value};
  }
  const auto& touch = static_cast<const v1::TouchRecorded&>(*done.value->payload);
  co_return written(201, render_touch(touch, id.text(), done.value->occurred_at), done.outcome,
                    done.value->details_version);
}

}  // namespace dealog::api
