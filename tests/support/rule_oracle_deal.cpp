#include "tests/support/rule_oracle_deal.hpp"

#include <algorithm>

namespace dealog::testing {

void OracleDeal::apply(const OracleFact& fact, std::size_t index) {
  using Kind = OracleFact::Kind;
  switch (fact.kind) {
    case Kind::kOpened:
      stage = "first", visit = 1, episode = 1, open = true;
      owner = fact.number;
      visited.insert(stage);
      break;
    case Kind::kMoved:
      stage = fact.text, ++visit;
      visited.insert(stage);
      break;
    case Kind::kTaskMade:
      tasks[fact.id] = {fact.number, index, fact.text};
      break;
    case Kind::kTaskDone:
    case Kind::kTaskDropped:
      tasks.erase(fact.id);
      break;
    case Kind::kTaskMoved:
      if (tasks.contains(fact.id)) {
        tasks[fact.id].overdue = fact.number, tasks[fact.id].since = index;
      }
      break;
    case Kind::kQuoteSent:
      sent[fact.id] = index;
      if (fact.number >= 0) valid[fact.id] = fact.number;
      break;
    case Kind::kQuoteRejected:
      sent.erase(fact.id);
      break;
    case Kind::kLost:
      open = false;
      break;
    case Kind::kReopened:
      stage = fact.text, open = true, ++visit, ++episode;
      visited.insert(stage);
      break;
    case Kind::kAmount:
      amount = fact.number;
      break;
    case Kind::kDate:
      day = fact.number;
      break;
    case Kind::kAssigned:
      owner = fact.number;
      break;
    case Kind::kAway:
    case Kind::kBack:
    case Kind::kScheduled:
    case Kind::kTouch:
    case Kind::kQuoteViewed:
    case Kind::kFired:
      break;
  }
}

std::int64_t oracle_pass(const std::vector<OracleFact>& facts, std::int64_t from,
                         std::int64_t minutes, std::int64_t owner, std::size_t until) {
  using Kind = OracleFact::Kind;
  std::map<std::string, std::pair<std::int64_t, std::int64_t>> away;
  for (std::size_t i = 0; i < until; ++i) {
    if (facts[i].number != owner) continue;
    if (facts[i].kind == Kind::kAway) away[facts[i].id] = {facts[i].begins, facts[i].ends};
    if (facts[i].kind == Kind::kBack) away.erase(facts[i].id);
  }
  std::int64_t at = from;
  const auto stands = [&] {
    return std::ranges::any_of(
        away, [&](const auto& one) { return one.second.first <= at && at < one.second.second; });
  };
  for (std::int64_t left = minutes; left > 0; ++at) {
    if (!stands()) --left;
  }
  // What is due at once is so when the owner is there again.
  while (minutes == 0 && stands()) ++at;
  return at;
}

bool oracle_moves(const std::vector<OracleFact>& facts, std::size_t moved) {
  const OracleFact& fact = facts[moved];
  OracleDeal before;
  for (std::size_t i = 0; i < moved; ++i) {
    if (facts[i].deal == fact.deal) before.apply(facts[i], i);
  }
  const auto task = before.tasks.find(fact.id);
  return task != before.tasks.end() && task->second.overdue != fact.number;
}

std::size_t oracle_task_order(const std::vector<OracleFact>& facts,
                              const std::vector<OracleFact>& made, const std::string& id) {
  const auto place_in = [&](const std::vector<OracleFact>& all) {
    const auto is_it = [&](const OracleFact& fact) {
      return fact.kind == OracleFact::Kind::kTaskMade && fact.id == id;
    };
    return static_cast<std::size_t>(std::ranges::find_if(all, is_it) - all.begin());
  };
  if (const auto place = place_in(facts); place < facts.size()) return place;
  const auto place = place_in(made);
  return place < made.size() ? facts.size() + place : 0;
}

std::map<std::size_t, std::string> oracle_tasks_in_order(const std::vector<OracleFact>& facts,
                                                         const std::vector<OracleFact>& made,
                                                         const OracleDeal& deal) {
  std::map<std::size_t, std::string> open;
  for (const auto& task : deal.tasks) open[oracle_task_order(facts, made, task.first)] = task.first;
  return open;
}

}  // namespace dealog::testing
