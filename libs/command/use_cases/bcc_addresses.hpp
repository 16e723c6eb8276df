// Bcc addresses of users: issuing one, and whose a token is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/command/unit.hpp"
#include "libs/domain/bcc_address/bcc_address.hpp"

namespace dealog::use_cases {

// The new token; the one before is none any more. Errors: kNotFound "user_not_found"; kConflict
// "user_inactive".
Result<std::string> issue_bcc_address(Unit& unit, const UserId& user);

// The active user whose token it is now, if any.
Result<std::optional<UserId>> user_of_bcc_token(const Folds& folds, std::string_view token);

}  // namespace dealog::use_cases
