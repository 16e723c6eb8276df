// A deal as the oracle of rules sees it. Inside tests/support only.
#pragma once

#include <map>
#include <set>
#include <string>

#include "tests/support/rule_oracle.hpp"

namespace dealog::testing {

struct OracleTask {
  std::int64_t overdue = 0;
  std::size_t since = 0;  // the fact that set it
  std::string kind;
};

// A deal as the facts up to one of them leave it.
struct OracleDeal {
  std::string stage;
  int visit = 0;
  int episode = 0;
  bool open = false;
  std::int64_t amount = -1;
  std::int64_t day = -1;
  std::set<std::string> visited;
  std::map<std::string, OracleTask> tasks;
  std::map<std::string, std::size_t> sent;  // silent quotes that nobody rejected, sent by that fact

  // `index` is the fact's place among all.
  void apply(const OracleFact& fact, std::size_t index);
};

}  // namespace dealog::testing
