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
  std::int64_t owner = 0;
  std::set<std::string> visited;
  std::map<std::string, OracleTask> tasks;
  std::map<std::string, std::int64_t> valid;  // the last day of those that have one
  std::map<std::string, std::size_t> sent;  // silent quotes that nobody rejected, sent by that fact

  // `index` is the fact's place among all.
  void apply(const OracleFact& fact, std::size_t index);
};

// The minute at which `minutes` have passed since `from`, counted one by one: none passes in which
// the owner is away, as far as the first facts, so many of them, tell.
std::int64_t oracle_pass(const std::vector<OracleFact>& facts, std::int64_t from,
                         std::int64_t minutes, std::int64_t owner, std::size_t until);

// Whether the fact gives an open task another time: the same one again moves nothing.
bool oracle_moves(const std::vector<OracleFact>& facts, std::size_t moved);

// The place of a task among those that were made.
std::size_t oracle_task_order(const std::vector<OracleFact>& facts,
                              const std::vector<OracleFact>& made, const std::string& id);

// The open tasks of the deal in the order in which they were made.
std::map<std::size_t, std::string> oracle_tasks_in_order(const std::vector<OracleFact>& facts,
                                                         const std::vector<OracleFact>& made,
                                                         const OracleDeal& deal);

}  // namespace dealog::testing
