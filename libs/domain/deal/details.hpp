// The editable fields of a deal: checked, compared, and made into events.
#pragma once

#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/decision.hpp"

namespace dealog::deal {

// Texts of a custom field longer than this are refused, in bytes.
inline constexpr std::size_t kCustomTextBytes = 8 << 10;

// `pointer` is where the fields stand: "" or "/fields".
void check_details(const DetailsChange& change, const State& state, const Context& context,
                   const std::string& pointer, InputCheck& check);

// The text that a checked value of a custom field is kept as; empty clears the field.
std::string custom_text(const rules::FieldValue& value);

// DealDatesChanged of those among the custom fields, by code, that are dates and named by a
// deadline of a rule, as they are now; nothing when none is.
void tell_dates(Decision& decision, const std::vector<std::string>& codes, std::size_t cause,
                const Occurred& occurred);

// The events of a checked change, of what really differs: DealDetailsChanged, DealDatesChanged,
// DealOwnerAssigned, DealCompanyLinked. Errors: kInvalid "occurred_too_early" (owner).
Result<> change_details(Decision& decision, const DetailsChange& change, const Occurred& occurred);

}  // namespace dealog::deal
