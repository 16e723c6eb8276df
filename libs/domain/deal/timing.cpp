#include "libs/domain/deal/timing.hpp"

#include <algorithm>

#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"

namespace dealog::deal {
namespace {

constexpr const char* kPointer = "/occurred_at";

std::unexpected<Error> wrong_time(const Context& context, const char* code, std::string_view ru,
                                  std::string_view en) {
  const std::string message(context.language == rules::Language::kRu ? ru : en);
  Error error{ErrorKind::kInvalid, code, message};
  error.fields.push_back({kPointer, code, message});
  return fail(std::move(error));
}

const std::string& calendar_zone(const Context& context) {
  return context.regulation->calendar.time_zone;
}

// A day counts up to its end when it is compared with an instant: it may be the same day.
Result<Timestamp> latest_instant(const OccurredAt& occurred) {
  if (!occurred.date) return occurred.at;
  return TRY(start_of_day(Date{occurred.date->days + 1}, occurred.time_zone)) - Duration(1);
}

}  // namespace

Result<Occurred> occurred_late(const Occurred& given, const Context& context) {
  if (!given) return Occurred();
  OccurredAt occurred = *given;
  if (occurred.date) {
    if (occurred.time_zone.empty()) occurred.time_zone = calendar_zone(context);
    occurred.at = TRY(start_of_day(*occurred.date, occurred.time_zone));
  }
  if (occurred.at > context.now + Duration(limits::kOccurredAhead)) {
    return wrong_time(context, "occurred_in_future", "время события позже, чем через пять минут",
                      "what happened cannot be dated more than five minutes ahead");
  }
  if (occurred.at.us < 0) {
    return wrong_time(context, "invalid_time", "время события раньше 1970 года",
                      "what happened cannot be dated before 1970");
  }
  return Occurred(std::move(occurred));
}

Result<Occurred> occurred_move(const State& state, const Occurred& given, const Context& context) {
  Occurred occurred = TRY(occurred_late(given, context));
  if (!occurred) return automatic_move_time(state, context);
  if (TRY(latest_instant(*occurred)) < state.last_move_at) {
    return wrong_time(context, "occurred_too_early",
                      "раньше последнего перехода, исхода или смены ответственного",
                      "earlier than the last move, outcome or change of owner of this deal");
  }
  return occurred;
}

Occurred automatic_move_time(const State& state, const Context& context) {
  if (state.last_move_at <= context.now) return std::nullopt;
  return OccurredAt{.at = state.last_move_at};
}

std::string zone_of(const UserId& user, const Context& context) {
  if (context.zone_of && !user.is_nil()) {
    std::string zone = context.zone_of(user);
    if (!zone.empty()) return zone;
  }
  return calendar_zone(context);
}

Result<v1::Due> make_due(const DueInput& due, const UserId& assignee, const Context& context) {
  v1::Due out;
  if (!due.at && !due.date) return out;
  if (due.at && due.date) {
    InputCheck check(context.language);
    check.add("/due_date", "one_of_two", "либо время, либо день",
              "either an instant or a day, not both");
    TRY(check.result());
  }
  const std::string zone = zone_of(assignee, context);
  const Date day = due.date ? *due.date : TRY(local_date(*due.at, zone));
  out.set_time_zone(zone);
  out.set_today_at(TRY(start_of_day(day, zone)).us);
  if (due.at) {
    out.set_due_at(due.at->us);
    out.set_overdue_at(due.at->us);
  } else {
    out.set_due_date(day.text());
    out.set_overdue_at(TRY(start_of_day(Date{day.days + 1}, zone)).us);
  }
  return out;
}

Result<Timestamp> end_of_day(Date day, const Context& context) {
  return start_of_day(Date{day.days + 1}, calendar_zone(context));
}

}  // namespace dealog::deal
