// Absences of users: their own, or planned by whoever looks after them.
#pragma once

#include "libs/command/unit.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {

struct AbsenceInput {
  Date first, last;
  std::string kind;
};
// Everybody records and withdraws their own; those of others whoever is supervisor or owner, or has
// the right `admin`. Errors: those of user::decide; kForbidden "not_your_absence".
Result<AbsenceId> record_absence(Unit& unit, const UserId& id, const AbsenceInput& input);
Result<void> withdraw_absence(Unit& unit, const UserId& id, const AbsenceId& absence);

}  // namespace dealog::use_cases
