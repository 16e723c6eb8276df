// Actions that make papers, as they stand in a regulation file.
#pragma once

#include "libs/rules/regulation.hpp"
#include "libs/rules/rule.hpp"
#include "libs/rules/yaml_reader.hpp"

namespace dealog::rules {

// The lines of a quote, how long it is valid, what is paid before work starts.
void read_draft_quote(const YamlPlace& place, const Regulation& regulation, RuleAction& action);
// A kind, or a map with the share of what was agreed and when it is due.
void read_issue_invoice(const YamlPlace& place, const Regulation& regulation, RuleAction& action);

}  // namespace dealog::rules
