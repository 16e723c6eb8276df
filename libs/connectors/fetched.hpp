// What an answer that was fetched may say instead of a fact.
#pragma once

#include <string_view>
#include <vector>

#include "libs/connectors/fact.hpp"

namespace dealog::connectors {

// The reason of an IgnoreFact: what was announced is not so yet. It is asked for again later, as
// after a failure.
inline constexpr std::string_view kNotYet = "not_yet";

inline bool is_not_yet(const std::vector<Fact>& facts) {
  if (facts.size() != 1) return false;
  const auto* ignored = std::get_if<IgnoreFact>(&facts.front().content);
  return ignored != nullptr && ignored->reason == kNotYet;
}

}  // namespace dealog::connectors
