#include "tests/support/rule_oracle_deal.hpp"

namespace dealog::testing {

void OracleDeal::apply(const OracleFact& fact, std::size_t index) {
  using Kind = OracleFact::Kind;
  switch (fact.kind) {
    case Kind::kOpened:
      stage = "first", visit = 1, episode = 1, open = true;
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
    case Kind::kScheduled:
    case Kind::kTouch:
    case Kind::kFired:
      break;
  }
}

}  // namespace dealog::testing
