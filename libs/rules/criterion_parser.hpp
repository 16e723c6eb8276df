// Criteria as they stand in a regulation file.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "libs/rules/regulation.hpp"
#include "libs/rules/vocabulary.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

inline constexpr std::size_t kCriteriaOfList = 50;

// What criteria need to know of the rest of the file: the types of custom fields and the discount
// policy, which must have been read before.
// One that cannot be read is reported and stands in the result as an empty kAll without a code, so
// that the others keep their numbers.
Criterion parse_criterion(const YamlPlace& place, const Regulation& regulation);
std::vector<Criterion> parse_criteria(const YamlPlace& place, const Regulation& regulation);

// The type of a known or custom field; nothing for another.
std::optional<FieldType> type_of_field(std::string_view field, const Regulation& regulation);
// A value of that field: money, a number, a date, … as the field asks.
std::optional<FieldValue> parse_field_value(const YamlPlace& place, std::string_view field,
                                            const Regulation& regulation);

// The key of a comparison in the file: "at_least"; "present" where nothing is compared.
std::string_view comparison_name(Comparison comparison);
// The code of a criterion that was given none: from what it asks, "touch:meeting:held".
std::string criterion_code(const Criterion& criterion);

}  // namespace dealog::rules
