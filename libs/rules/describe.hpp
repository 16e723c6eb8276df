// Sentences for criteria, with the titles of a regulation's own fields and types of work.
#pragma once

#include <string>

#include "libs/rules/criterion.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// As `describe`, but custom fields and types of work are called by their titles in `regulation`.
std::string describe_in(const Criterion& criterion, Language language,
                        const Regulation& regulation);

// Gives every criterion about a custom field or a type of work, that has no message in the file,
// one that uses the titles; so that `describe` and `judge` need no regulation.
void fill_messages(Regulation& regulation);

}  // namespace dealog::rules
