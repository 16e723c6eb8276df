// An event of a deal as what rules wait for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <google/protobuf/message.h>

#include "libs/domain/deal/state.hpp"
#include "libs/rules/rule.hpp"

namespace dealog::deal {

// What happened; the names as in rules::Occurrence.
struct Occasion {
  rules::TriggerKind kind = rules::TriggerKind::kDealOpened;
  std::string code = {};
  std::string state = {};
  std::optional<rules::FieldValue> from = {}, to = {};
  std::string about = {};  // the task, quote, invoice, payment or field
  std::uint32_t visit = 0;

  bool is_meant_by(const rules::RuleTrigger& trigger) const;
};

// Whether occasions_of() may have something to say of such an event; cheap.
bool may_be_occasion(const google::protobuf::Message& event);

// In the order in which rules are looked at; `before` and `after` are the deal without and with the
// event. Touches, money that completes an invoice, discounts and timers are not told: whoever
// follows the log sees them.
std::vector<Occasion> occasions_of(const google::protobuf::Message& event, const State& before,
                                   const State& after);

// Whether the rule can act on the deal, as far as that can be told by what stands openly. What is
// not so when it happens makes no trigger.
bool may_act(const rules::Rule& rule, const State& state);

}  // namespace dealog::deal
