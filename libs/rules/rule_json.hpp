// Rules as JSON in the very form of a regulation's file: what is shown can be published again.
#pragma once

#include <boost/json/object.hpp>

#include "libs/rules/regulation.hpp"

namespace dealog::rules {

// {"id","title","mode","trigger","conditions","once","late","calendar","pause","actions"}; `once`
// is null where the rule acts each time. Lengths of time are written as "3 business days", amounts
// as "100.00 RUB". Reading it as YAML under the same regulation gives an equal rule.
boost::json::object rule_json(const Rule& rule, const Regulation& regulation);

}  // namespace dealog::rules
