#include "services/automation/backtest/backtest_tally.hpp"

#include <algorithm>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/effect_events.pb.h"
#include "dealog/v1/intake_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/event/catalogue.hpp"

namespace dealog::automation {
namespace {

using End = RuleAct::End;

RuleAct act_of(const RecordedEvent& event, End end) {
  return {.end = end, .at = event.recorded, .deal = event.stream, .rule = event.rule};
}

const std::string& receiver_of(const v1::EffectPlanned& m) {
  if (!m.person().empty()) return m.person();
  return m.user().empty() ? m.endpoint() : m.user();
}

RuleAct fired(const v1::RuleFired& m, std::span<const RecordedEvent> append) {
  RuleAct act = act_of(append.front(), End::kFired);
  act.trigger = m.trigger();
  act.about = m.about();
  act.actions.assign(m.actions().begin(), m.actions().end());
  for (const auto& event : append.subspan(1)) act.events.push_back(event.type->name);
  return act;
}

}  // namespace

void BacktestTally::keep(RuleAct act) {
  auto& rule = result_.rules[act.rule];
  if (act.end == End::kFired) {
    ++rule.fired;
    deals_[act.rule].insert(act.deal);
  } else {
    ++(act.end == End::kFailed ? rule.failed : rule.stopped);
    if (act.end == End::kFailed) ++rule.failures[act.reason];
  }
  if (result_.acts.size() < kListedActs) result_.acts.push_back(std::move(act));
}

// A plan that is skipped in the same append is none: the customer has had enough.
void BacktestTally::add_sent(std::span<const RecordedEvent> events) {
  for (const RecordedEvent& event : events) {
    const auto* planned = event.as<v1::EffectPlanned>();
    if (planned == nullptr) continue;
    SentTally& sent = result_.sent[{planned->channel(), receiver_of(*planned)}];
    const bool skipped = std::ranges::any_of(events, [&](const RecordedEvent& other) {
      return other.stream == event.stream && other.as<v1::EffectSkipped>() != nullptr;
    });
    if (skipped) {
      ++sent.held_back;
      continue;
    }
    ++sent.count;
    if (planned->not_before() > 0) ++sent.put_off;
  }
}

void BacktestTally::add(std::span<const RecordedEvent> append) {
  const RecordedEvent& first = append.front();
  if (const auto* m = first.as<v1::RuleFired>()) {
    keep(fired(*m, append));
    for (const auto& event : append.subspan(1)) {
      ++result_.made[event.type->name];
      const auto* told = event.as<v1::NotificationRaised>();
      if (told != nullptr) ++result_.notified[told->user()];
    }
    add_sent(append.subspan(1));
  } else if (const auto* failed = first.as<v1::EffectFailed>()) {
    RuleAct act = act_of(first, End::kFailed);
    act.trigger = failed->trigger();
    act.reason = failed->reason();
    keep(std::move(act));
  } else if (const auto* skipped = first.as<v1::EffectSkipped>()) {
    ++result_.rules[first.rule].skipped[skipped->reason()];
    if (append.size() < 2 || append[1].as<v1::AutomationStopped>() == nullptr) return;
    RuleAct act = act_of(first, End::kStopped);
    act.trigger = skipped->trigger();
    keep(std::move(act));
  }
}

void BacktestTally::finish() {
  std::set<std::string> all;
  for (auto& [rule, deals] : deals_) {
    result_.rules[rule].deals = deals.size();
    all.merge(deals);
  }
  result_.deals = all.size();
}

}  // namespace dealog::automation
