#include "libs/command/use_cases/absences.hpp"

#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {
namespace {

Result<void> require_own_or_looked_after(Unit& unit, const UserId& id) {
  const Actor& actor = unit.actor();
  if (actor.id == id.text() || unit.rights().has(user::Right::kAdmin)) return {};
  const auto* asking = TRY(unit.glance<user::State>(actor.id));
  if (asking->active && (asking->role == "supervisor" || asking->role == "owner")) return {};
  return refuse(unit.language(), ErrorKind::kForbidden, "not_your_absence",
                "отсутствие другого записывает руководитель, владелец или администратор",
                "the absences of others are for supervisors, owners and administrators");
}

template <class Command>
Result<void> change(Unit& unit, const UserId& id, const Command& command) {
  TRY(require_own_or_looked_after(unit, id));
  const auto* state = TRY(unit.load<user::State>(id.text()));
  unit.emit(id.text(), TRY(user::decide(*state, command, unit.language())));
  return {};
}

}  // namespace

Result<AbsenceId> record_absence(Unit& unit, const UserId& id, const AbsenceInput& input) {
  const user::RecordAbsence command{.absence = unit.new_id<AbsenceId>("absence"),
                                    .first = input.first,
                                    .last = input.last,
                                    .kind = input.kind,
                                    .now = unit.now()};
  TRY(change(unit, id, command));
  return command.absence;
}

Result<void> withdraw_absence(Unit& unit, const UserId& id, const AbsenceId& absence) {
  return change(unit, id, user::WithdrawAbsence{absence});
}

}  // namespace dealog::use_cases
