#include "services/api/support/import_lines.hpp"

#include <span>

#include "libs/base/limits.hpp"
#include "libs/http/json_reader.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::api {
namespace {

using use_cases::HistoricalFact;

constexpr std::int64_t kMaxDurationSeconds = 7 * 24 * 3600;
constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::string_view kTouch = "TouchRecorded";
constexpr std::string_view kStage = "DealStageReported";
constexpr std::string_view kTypes[] = {kTouch, kStage};

// What an exported event has besides, and the log stamps anew.
constexpr std::string_view kStamped[] = {
    "position",    "version", "occurred_date",  "occurred_time_zone",
    "recorded_at", "actor",   "correlation_id", "causation_id",
    "rule",        "amends"};
constexpr std::string_view kStampedOfTouch[] = {"touch", "stage", "visit", "answers_customer"};
constexpr std::string_view kStampedOfStage[] = {"from", "visit", "regulation_version", "unmet",
                                                "stuck_at"};

void pass_over(http::ObjectReader& in, std::span<const std::string_view> names) {
  for (const auto name : names) in.raw(name);
}

deal::RecordTouch read_touch(http::ObjectReader& in) {
  static const auto kinds = rules::codes_of(rules::touch_kinds());
  static const auto directions = rules::codes_of(rules::touch_directions());
  static const auto outcomes = rules::codes_of(rules::touch_outcomes());
  deal::RecordTouch touch;
  touch.kind = in.required_one_of("kind", kinds);
  // A note needs neither; what others leave out is what their kind usually is.
  touch.direction = in.optional_one_of("direction", directions).value_or("");
  touch.outcome = in.optional_one_of("outcome", outcomes).value_or("");
  touch.duration_s = static_cast<std::uint32_t>(
      in.optional_integer("duration_s", 0, kMaxDurationSeconds).value_or(0));
  touch.recording_url = in.optional_string("recording_url", kMaxUrlBytes).value_or("");
  touch.note = in.optional_text("note", dealog::limits::kNoteBytes).value_or("");
  touch.said = in.optional_text("said", dealog::limits::kNoteBytes).value_or("");
  touch.person = in.optional_id<PersonId>("person");
  return touch;
}

deal::ReportDealStage read_stage(http::ObjectReader& in) {
  deal::ReportDealStage report;
  report.to = in.required_code("to");
  report.origin = in.optional_code("origin").value_or("import");
  return report;
}

HistoricalFact read_fact(http::ObjectReader& in) {
  pass_over(in, kStamped);
  HistoricalFact fact;
  fact.event_id = in.required_id<EventId>("event_id").uuid();
  fact.deal = in.required_id<DealId>("stream");
  const OccurredAt occurred{.at = in.required_time("occurred_at"), .date = {}, .time_zone = ""};
  const std::string type = in.required_one_of("type", kTypes);
  http::ObjectReader data = in.required_object("data");
  if (type == kTouch) {
    pass_over(data, kStampedOfTouch);
    auto touch = read_touch(data);
    touch.occurred = occurred;
    fact.fact = std::move(touch);
  } else if (type == kStage) {
    pass_over(data, kStampedOfStage);
    auto report = read_stage(data);
    report.occurred = occurred;
    fact.fact = std::move(report);
  } else {
    data.allow_unknown();  // of which type they would be is not known
  }
  return fact;
}

}  // namespace

Result<HistoricalFact> parse_import_line(std::string_view line, Language language) {
  if (line.size() > limits::kImportLineBytes) {
    return fail(ErrorKind::kTooLarge, "line_too_long",
                "a line has at most " + std::to_string(limits::kImportLineBytes) + " bytes");
  }
  auto document = TRY(http::JsonDocument::parse(line, language));
  auto fact = read_fact(document.object());
  TRY(document.finish());
  return fact;
}

}  // namespace dealog::api
