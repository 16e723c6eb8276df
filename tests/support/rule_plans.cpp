// Plans of rules and of what happens, drawn at random.
#include <algorithm>
#include <map>

#include <fmt/format.h>
#include <rapidcheck.h>

#include "tests/support/rule_histories.hpp"

namespace dealog::testing {
namespace {

using Action = OracleAction;
using Fact = OracleFact;
using Kind = OracleFact::Kind;
using Rule = OracleRule;
using Trigger = OracleRule::Trigger;

const std::vector<std::string> kStages{"first", "second", "third"};

int below(int bound) { return *rc::gen::inRange(0, bound); }
std::string any_stage() { return kStages[static_cast<std::size_t>(below(3))]; }
// Found at the first try: small cases draw the same number for ever.
std::string another_stage(const std::string& stage) {
  const auto at = std::ranges::find(kStages, stage) - kStages.begin();
  return kStages[static_cast<std::size_t>(at + 1 + below(2)) % kStages.size()];
}

// What the generator knows of a deal, so that most facts make sense.
struct Sketch {
  bool opened = false, open = false;
  std::string stage = "first";
  std::vector<std::string> tasks, quotes;
};

// When an owner is away, so that nobody is away twice at a time.
using Absences = std::map<std::string, std::pair<std::int64_t, std::int64_t>>;

// Somebody is away from before now or later on, or it comes to nothing.
std::optional<Fact> any_absence(Absences& known, int owner, std::int64_t minute, int serial) {
  Fact fact{.minute = minute, .deal = -1, .number = owner};
  if (!known.empty() && below(3) == 0) {
    fact.kind = Kind::kBack;
    fact.id = known.begin()->first;
    known.erase(known.begin());
    return fact;
  }
  fact.kind = Kind::kAway;
  fact.id = "abs_" + fmt::format("{:032x}", serial);
  fact.begins = minute - 100 + below(400);
  fact.ends = fact.begins + 1 + below(300);
  const bool clash = std::ranges::any_of(known, [&](const auto& one) {
    return one.second.first < fact.ends && fact.begins < one.second.second;
  });
  if (clash) return std::nullopt;
  known[fact.id] = {fact.begins, fact.ends};
  return fact;
}

Fact any_fact(Sketch& deal, std::int64_t minute, int serial) {
  Fact fact{.minute = minute};
  if (!deal.opened) {
    deal.opened = deal.open = true;
    fact.number = below(kOracleOwners);
    return fact;
  }
  const auto known = [&](const std::vector<std::string>& ids) {
    return ids[static_cast<std::size_t>(below(static_cast<int>(ids.size())))];
  };
  const int choice = below(23);
  if (!deal.open && choice < 6) {
    fact.kind = Kind::kReopened;
    fact.text = deal.stage;
    deal.open = true;
  } else if (choice < 5) {
    fact.kind = Kind::kTouch;
    fact.yes = below(2) == 0;
  } else if (choice < 8 && deal.open) {
    fact.kind = Kind::kMoved;
    fact.text = another_stage(deal.stage);
    fact.id = std::exchange(deal.stage, fact.text);
  } else if (choice < 11 || (choice < 15 && deal.tasks.empty())) {
    fact.kind = Kind::kTaskMade;
    fact.id = "tsk_" + fmt::format("{:032x}", serial);
    fact.text = "call";
    fact.number = minute + below(300);
    deal.tasks.push_back(fact.id);
  } else if (choice < 15) {
    fact.kind = choice == 11   ? Kind::kTaskDropped
                : choice == 12 ? Kind::kTaskMoved
                               : Kind::kTaskDone;
    fact.id = known(deal.tasks);
    fact.number = minute + below(300);
  } else if (choice < 16 || (choice < 17 && deal.quotes.empty())) {
    fact.kind = Kind::kQuoteSent;
    fact.id = "quo_" + fmt::format("{:032x}", serial);
    fact.number = below(4) - 1;
    deal.quotes.push_back(fact.id);
  } else if (choice < 17) {
    fact.kind = Kind::kQuoteRejected;
    fact.id = known(deal.quotes);
  } else if (choice < 18 && deal.open) {
    fact.kind = Kind::kLost;
    deal.open = false;
  } else if (choice < 19) {
    fact.kind = Kind::kDate;
    fact.number = below(4) - 1;
  } else if (choice < 20) {
    fact.kind = Kind::kAssigned;
    fact.number = below(kOracleOwners);
  } else if (choice < 22 && !deal.quotes.empty()) {
    fact.kind = Kind::kQuoteViewed;
    fact.id = known(deal.quotes);
  } else {
    fact.kind = Kind::kAmount;
    fact.number = below(4) * 100;
  }
  return fact;
}

Action any_action() {
  switch (below(9)) {
    case 0:
    case 1:
    case 2:
      return {.kind = Action::Kind::kTask, .number = 1 + below(200)};
    case 3:
      return {.kind = Action::Kind::kCompleteAll};
    case 4:
    case 5:
      return {.kind = Action::Kind::kMove, .text = any_stage()};
    case 6:
      return {.kind = Action::Kind::kAmount, .number = below(4) * 100};
    case 7:
      return below(3) == 0 ? Action{.kind = Action::Kind::kLose}
                           : Action{.kind = Action::Kind::kAmount, .number = 200};
    default: {
      const auto until = static_cast<Until>(below(3));
      return {.kind = Action::Kind::kWait,
              .number = 1 + below(200),
              .until = until,
              .stops = until != Until::kNothing && below(2) == 0};
    }
  }
}

Rule any_rule(int number) {
  Rule rule{.trigger = static_cast<Trigger>(below(18)), .id = fmt::format("rule{}", number)};
  const bool staged = rule.trigger == Trigger::kEntered || rule.trigger == Trigger::kLeft ||
                      rule.trigger == Trigger::kReentered;
  if (staged && below(2) == 0) rule.text = any_stage();
  rule.after = 1 + below(200);
  rule.back = below(2) == 0;
  if (rule.trigger == Trigger::kExpired) rule.after = 0;
  if (rule.trigger == Trigger::kSchedule) rule.after = 180 << below(3);
  rule.once = static_cast<Rule::Once>(below(3) == 0 ? below(4) : 0);
  rule.period = 1 + below(400);
  if (below(4) == 0) rule.from = 100 + below(3) * 100;
  rule.stands_still = below(2) == 0;
  const int actions = 1 + below(3);
  for (int i = 0; i < actions; ++i) rule.actions.push_back(any_action());
  // A rule may not end in a pause.
  if (rule.actions.back().kind == Action::Kind::kWait) {
    rule.actions.push_back({.kind = Action::Kind::kTask, .number = 60});
  }
  return rule;
}

}  // namespace

RulePlan any_plan() {
  RulePlan plan;
  const int rules = 1 + below(5), deals = 1 + below(3), facts = 1 + below(24);
  for (int i = 0; i < rules; ++i) plan.rules.push_back(any_rule(i));
  std::map<int, Sketch> sketches;
  std::map<int, Absences> absences;
  std::int64_t minute = 0;
  for (int i = 0; i < facts; ++i) {
    minute += below(3) == 0 ? 0 : below(120);
    if (below(6) == 0) {
      const int owner = below(kOracleOwners);
      auto absence = any_absence(absences[owner], owner, minute, i + 1);
      if (absence) plan.facts.push_back(std::move(*absence));
      continue;
    }
    const int deal = below(deals);
    plan.facts.push_back(any_fact(sketches[deal], minute, i + 1));
    plan.facts.back().deal = deal;
  }
  plan.from = below(3) == 0 ? below(static_cast<int>(minute) + 1) : 0;
  plan.end = minute + below(600);
  return plan;
}

}  // namespace dealog::testing
