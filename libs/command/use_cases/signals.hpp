// News of a system elsewhere about one of our deals, for rules that wait for it.
#pragma once

#include <optional>
#include <string>

#include "libs/command/use_cases/deals.hpp"

namespace dealog::use_cases {

struct ArrivedSignal {
  std::string signal;  // a code
  std::string source;  // src_…
  std::optional<DealId> deal = {};
  // Where no deal is named: the latest open one of the person in the pipeline.
  std::string pipeline = {};
  PersonInput person = {};
};
// Errors: kUnprocessable "deal_not_found" when there is no such deal, or the person has none.
Result<DealId> receive_signal(Unit& unit, const ArrivedSignal& arrived);

}  // namespace dealog::use_cases
