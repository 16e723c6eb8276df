#include "libs/domain/user/absence.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/absence_events.pb.h"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::user {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::string_view kKinds[] = {"vacation", "illness", "other"};

void check_kind(InputCheck& check, std::string_view kind) {
  if (std::ranges::find(kKinds, kind) != std::end(kKinds)) return;
  check.add("/kind", "unknown_kind", "вид отсутствия — один из: vacation, illness, other",
            "a kind of absence is one of: vacation, illness, other");
}

void check_days(InputCheck& check, const RecordAbsence& command, Date today) {
  if (command.last < command.first) {
    check.add("/to", "invalid_period", "последний день раньше первого",
              "the last day is before the first");
  } else if (command.last.days - command.first.days >= kAbsenceLongestDays) {
    check.add("/to", "too_long",
              fmt::format("отсутствие не длиннее {} дней; разделите его", kAbsenceLongestDays),
              fmt::format("an absence has at most {} days; divide it", kAbsenceLongestDays));
  }
  if (command.first.days - today.days > kAbsenceAheadDays) {
    check.add("/from", "too_far",
              fmt::format("отсутствие начинается не позже, чем через {} дней", kAbsenceAheadDays),
              fmt::format("an absence begins at most {} days from now", kAbsenceAheadDays));
  } else if (today.days - command.first.days > kAbsenceBackDays) {
    check.add("/from", "too_far",
              fmt::format("отсутствие началось не раньше, чем {} дней назад", kAbsenceBackDays),
              fmt::format("an absence began at most {} days ago", kAbsenceBackDays));
  }
}

std::unexpected<Error> overlaps(const Absence& other, Language language) {
  return fail(Error{
      .kind = ErrorKind::kConflict,
      .code = "absence_overlaps",
      .message = language == Language::kRu
                     ? fmt::format("с {} по {} уже записано отсутствие {}; отзовите его или "
                                   "выберите другие дни",
                                   other.first.text(), other.last.text(), other.id.text())
                     : fmt::format("the absence {} is recorded from {} to {} already; withdraw it, "
                                   "or choose other days",
                                   other.id.text(), other.first.text(), other.last.text()),
      .data = fmt::format(R"({{"absence":"{}"}})", other.id.text())});
}

}  // namespace

void evolve(std::vector<Absence>& absences, const RecordedEvent& event) {
  if (const auto* recorded = event.as<v1::AbsenceRecorded>()) {
    const Absence absence{.id = AbsenceId::parse(recorded->absence()).value_or(AbsenceId{}),
                          .first = Date::parse(recorded->first_day()).value_or(Date{}),
                          .last = Date::parse(recorded->last_day()).value_or(Date{}),
                          .time_zone = recorded->time_zone(),
                          .from = {recorded->begins_at()},
                          .until = {recorded->ends_at()},
                          .kind = recorded->kind()};
    absences.insert(std::ranges::upper_bound(absences, absence.from, {}, &Absence::from), absence);
  } else if (const auto* withdrawn = event.as<v1::AbsenceWithdrawn>()) {
    std::erase_if(absences,
                  [&](const Absence& one) { return one.id.text() == withdrawn->absence(); });
  }
}

std::optional<Timestamp> State::absent_until(Timestamp now) const {
  const auto next = std::ranges::upper_bound(absences, now, {}, &Absence::until);
  if (next == absences.end() || now < next->from) return std::nullopt;
  return next->until;
}

Result<Events> decide(const State& state, const RecordAbsence& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  check_kind(check, command.kind);
  check_days(check, command, TRY(local_date(command.now, state.time_zone)));
  TRY(check.result());
  if (state.absences.size() >= kAbsences) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_absences",
                  fmt::format("у пользователя не больше {} отсутствий; отзовите старые", kAbsences),
                  fmt::format("a user has at most {} absences; withdraw old ones", kAbsences));
  }
  v1::AbsenceRecorded event;
  event.set_absence(command.absence.text());
  event.set_first_day(command.first.text());
  event.set_last_day(command.last.text());
  event.set_time_zone(state.time_zone);
  event.set_begins_at(TRY(start_of_day(command.first, state.time_zone)).us);
  event.set_ends_at(TRY(start_of_day(Date{command.last.days + 1}, state.time_zone)).us);
  event.set_kind(command.kind);
  for (const Absence& other : state.absences) {
    const bool apart = event.ends_at() <= other.from.us || other.until.us <= event.begins_at();
    if (!apart) return overlaps(other, language);
  }
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const WithdrawAbsence& command, Language language) {
  TRY(require_active(state, language));
  const auto known = std::ranges::find(state.absences, command.absence, &Absence::id);
  if (known == state.absences.end()) {
    return not_found(language, "absence", command.absence.text());
  }
  v1::AbsenceWithdrawn event;
  event.set_absence(command.absence.text());
  return Events{make_event(std::move(event))};
}

}  // namespace dealog::user
