#include "libs/rules/policy_parser.hpp"

#include <fmt/format.h>

#include "libs/rules/time_parser.hpp"
#include "libs/rules/vocabulary.hpp"

namespace dealog::rules {
namespace {

ApprovalStep parse_step(const YamlPlace& place, const BusinessCalendar& calendar) {
  ApprovalStep step;
  YamlMap map(place, "a step: a map with above, by and perhaps within");
  if (const auto above = map.required("above", "the discount beyond which it is needed")) {
    step.above_basis_points = above->percent().value_or(0);
  }
  if (const auto by = map.required("by", "the role that decides: seller, supervisor or owner")) {
    step.by = by->code().value_or("");
    if (!step.by.empty() && rank_of(step.by) == 0) {
      by->error(fmt::format("the role '{}' approves nothing{}", step.by,
                            suggestion(step.by, {"seller", "supervisor", "owner"})));
    }
  }
  if (const auto within = map.optional("within")) {
    step.within = parse_time_limit(*within, calendar);
  }
  map.finish();
  return step;
}

}  // namespace

void parse_discount_policy(YamlMap& map, Regulation& regulation) {
  DiscountPolicy& policy = regulation.discounts;
  if (const auto discounts = map.optional("discounts")) {
    YamlMap roles(*discounts, "a map of roles to what they may grant: {seller: 10 %}");
    for (const Word& role : user_roles()) {
      const auto percent = roles.optional(role.code);
      if (!percent) continue;
      policy.roles.push_back({std::string(role.code), percent->percent().value_or(0)});
    }
    roles.finish();
  }
  if (const auto steps = map.optional("approval")) {
    for (const YamlPlace& step : steps->list(kApprovalSteps)) {
      policy.steps.push_back(parse_step(step, regulation.calendar));
    }
  }
  if (const auto floor = map.optional("below_floor")) {
    const std::string word = floor->code().value_or("");
    policy.refuse_below_floor = word == "refuse";
    if (!word.empty() && word != "refuse" && word != "approval") {
      floor->expected("'approval' or 'refuse'");
    }
  }
}

}  // namespace dealog::rules
