// Changing the rules in the text of a regulation, all else left as people wrote it. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "libs/base/result.hpp"

namespace dealog::rules {

// The regulation with `rules` in the place of its own. `rules` is YAML: a file with the key `rules`
// (a whole regulation will do), a list of rules, or one rule. The result need not be sound.
// Errors: kInvalid "regulation_unreadable" | "rules_unreadable" with line and column.
Result<std::string> with_rules(std::string_view regulation, std::string_view rules);

// The regulation with one rule (YAML) in the place of that with the same id, else as its last.
// Errors: as above; kInvalid "rules_unreadable" when it is no map with an id.
Result<std::string> with_rule(std::string_view regulation, std::string_view rule);

// The regulation without the rule; nothing is changed when it has no such rule.
Result<std::string> without_rule(std::string_view regulation, std::string_view id);

// The place of a rule in the list, from 0; nothing when it is not there.
std::optional<std::size_t> place_of_rule(std::string_view regulation, std::string_view id);

// What is wrong with a regulation that was composed by the above, told by the text that somebody
// gave, whose lines he knows. Of one rule, which stands at that place of the composed list:
// pointers begin with "/rule". Of a text of rules: they begin with "/rules/0", as before.
Error told_of_rule(Error error, std::size_t place, std::string_view rule);
Error told_of_rules(Error error, std::string_view rules);

// The id of a rule's text. Errors: kInvalid "rules_unreadable" as above.
Result<std::string> id_of_rule(std::string_view rule);

}  // namespace dealog::rules
