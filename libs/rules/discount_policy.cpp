#include "libs/rules/discount_policy.hpp"

#include <algorithm>
#include <array>

namespace dealog::rules {
namespace {

constexpr std::array<std::string_view, 3> kRanks = {"seller", "supervisor", "owner"};

}  // namespace

int rank_of(std::string_view role) {
  const auto* const found = std::ranges::find(kRanks, role);
  return found == kRanks.end() ? 0 : static_cast<int>(found - kRanks.begin()) + 1;
}

std::string_view role_above(std::string_view role) {
  const auto rank = static_cast<std::size_t>(rank_of(role));
  return kRanks[std::min(rank, kRanks.size() - 1)];
}

std::int32_t DiscountPolicy::allowed(std::string_view role, std::int32_t otherwise) const {
  const auto found = std::ranges::find(roles, role, &RoleDiscount::role);
  return found == roles.end() ? otherwise : found->basis_points;
}

bool DiscountPolicy::needs_approval(const AskedDiscount& asked) const {
  if (asked.basis_points > asked.allowed) return true;
  if (!asked.below_floor) return false;
  return steps.empty() || rank_of(asked.author_role) < rank_of(steps.back().by);
}

std::vector<ApprovalStep> DiscountPolicy::needed(const AskedDiscount& asked) const {
  std::vector<ApprovalStep> out;
  if (steps.empty() || !needs_approval(asked)) return out;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool last = i + 1 == steps.size();
    // What the author may grant himself nobody has to grant him: a step that ends below that.
    const bool his_own = !last && steps[i + 1].above_basis_points <= asked.allowed;
    const bool reached =
        asked.basis_points > steps[i].above_basis_points && asked.basis_points > asked.allowed;
    const bool of_floor =
        last && asked.below_floor && rank_of(asked.author_role) < rank_of(steps[i].by);
    if ((reached && !his_own) || of_floor) out.push_back(steps[i]);
  }
  // Above what he may grant, and below the first bound: somebody decides all the same.
  if (out.empty()) out.push_back(steps.front());
  return out;
}

}  // namespace dealog::rules
