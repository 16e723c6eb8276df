// Sentences for criteria and rules, with the titles of a regulation's own stages, fields, reasons
// and types of work, and with the names of what is kept elsewhere.
#pragma once

#include <string>

#include "libs/rules/criterion.hpp"
#include "libs/rules/elsewhere.hpp"
#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// As `describe`, but things are called by their titles in `regulation`, and people, where
// `elsewhere` is not null, by their names.
std::string describe_in(const Criterion& criterion, Language language, const Regulation& regulation,
                        const Elsewhere* elsewhere = nullptr);

// What a criterion asks, as something that is so: "the amount is at least 60,000 RUB".
std::string describe_fact(const Criterion& criterion, Language language,
                          const Regulation& regulation, const Elsewhere* elsewhere = nullptr);

// A rule as sentences: "When … , if …: …. At most once a deal."
std::string describe_rule(const Rule& rule, Language language, const Regulation& regulation,
                          const Elsewhere* elsewhere = nullptr);

// Gives every criterion about a custom field or a type of work, that has no message in the file,
// one that uses the titles; so that `describe` and `judge` need no regulation.
void fill_messages(Regulation& regulation);

}  // namespace dealog::rules
