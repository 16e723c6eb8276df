// Publishing a pipeline's regulation.
#pragma once

#include <cstdint>
#include <string_view>

#include "libs/command/unit.hpp"
#include "libs/domain/regulation/regulation.hpp"

namespace dealog::use_cases {

struct PublishedRegulation {
  std::uint64_t version = 0;
  bool published = false;  // else the same file was in force already
};
// Checked against the people, pipelines and addresses that there are now, or as `checked` says.
// What is deleted later makes the rule's action fail, as an event with the reason. Errors: those of
// regulation::decide.
Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml);
Result<PublishedRegulation> publish_regulation(Unit& unit, std::string_view pipeline,
                                               std::string_view yaml,
                                               const rules::Checked& checked);

// One rule put into the regulation in force, in the place of that with its id, or taken out of it:
// a new version in which nothing else has changed, modes set by hand included. What other rules
// name elsewhere is not looked for. Pointers of mistakes begin with "/rule", lines are those of
// `rule_yaml`. Errors: those of rules::with_rule and of regulation::decide; kNotFound
// "pipeline_not_found" | "rule_not_found" (taking out).
Result<PublishedRegulation> publish_rule(Unit& unit, std::string_view pipeline,
                                         std::string_view rule_yaml);
Result<PublishedRegulation> remove_rule(Unit& unit, std::string_view pipeline,
                                        std::string_view code);

}  // namespace dealog::use_cases
