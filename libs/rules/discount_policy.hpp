// Who may grant which discount: by himself by his role, and beyond that by steps of approval.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/rules/task_template.hpp"

namespace dealog::rules {

// What a role may grant without asking anybody.
struct RoleDiscount {
  std::string role;
  std::int32_t basis_points = 0;

  bool operator==(const RoleDiscount&) const = default;
};

// Who decides about discounts above a bound, and how long it may take.
struct ApprovalStep {
  std::int32_t above_basis_points = 0;
  std::string by;  // a role; a higher one may decide, too
  std::optional<TimeLimit> within;

  bool operator==(const ApprovalStep&) const = default;
};

// A quote's discount as the policy judges it, in basis points against the list prices.
struct AskedDiscount {
  std::int32_t basis_points = 0;
  bool below_floor = false;      // some line is below its floor price
  std::int32_t allowed = 0;      // what its author may grant by himself
  std::string_view author_role;  // empty: no user
};

struct DiscountPolicy {
  std::vector<RoleDiscount> roles;
  // In order: each above a larger bound, by a role that is not lower. Empty: whoever may override.
  std::vector<ApprovalStep> steps;
  bool refuse_below_floor = false;  // instead of asking the last step

  // What a role may grant; `otherwise` where the policy does not name it.
  std::int32_t allowed(std::string_view role, std::int32_t otherwise) const;
  // Whether somebody besides the author has to decide.
  bool needs_approval(const AskedDiscount& asked) const;
  // The steps that it needs, in order; none when it needs no approval, or names no steps.
  std::vector<ApprovalStep> needed(const AskedDiscount& asked) const;

  bool operator==(const DiscountPolicy&) const = default;
};

inline constexpr std::size_t kApprovalSteps = 10;

// Who may decide in whose place: owner above supervisor above seller; 0 for every other role.
int rank_of(std::string_view role);
// The role above; the highest is above itself.
std::string_view role_above(std::string_view role);

}  // namespace dealog::rules
