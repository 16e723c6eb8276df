// Whom actions may mean besides ids and roles.
#pragma once

#include <string_view>

namespace dealog::rules {

// With whom the touch was from which it follows.
inline constexpr std::string_view kPersonOfTouch = "touch";
// Whom the decision map of the deal's company names in the role.
inline constexpr std::string_view kDecisionMap = "decision_map";

// What a decision map calls the role of a participant; empty: it knows none such.
inline std::string_view role_in_decision_map(std::string_view role) {
  if (role == "decision_maker") return "decides";
  if (role == "influencer") return "influences";
  return role == "payer" ? "pays" : std::string_view();
}

// "team:north": all who are in it.
inline constexpr std::string_view kTeam = "team:";
inline bool is_team(std::string_view who) {
  return who.starts_with(kTeam) && who.size() > kTeam.size();
}

}  // namespace dealog::rules
