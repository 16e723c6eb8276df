// What the actions of a rule do to a deal, in one unit. Inside use_cases only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dealog/v1/document_events.pb.h"
#include "libs/command/unit.hpp"
#include "libs/command/use_cases/effects.hpp"
#include "libs/command/use_cases/rules.hpp"
#include "libs/domain/rule/rule.hpp"
#include "libs/rules/rule.hpp"

namespace dealog::use_cases {

// Acts on the deal of a unit; what it emits follows from RuleFired, which stands at `cause`. What
// it is given outlives it. Thread: the unit's.
class RuleActs {
 public:
  RuleActs(Unit& unit, const TriggeredRule& triggered, const rules::Rule& rule, const Staff& staff,
           std::size_t cause)
      : unit_(unit),
        triggered_(triggered),
        rule_(rule),
        staff_(staff),
        stream_(triggered.deal.text()),
        cause_(cause) {}

  // `place` is that of the action in its rule. Errors: those of the commands that it is.
  Result<void> act(const rules::RuleAction& action, std::size_t place);

 private:
  Result<void> change(const rules::RuleAction& action);
  Result<void> draft_quote(const rules::RuleAction& action);
  Result<void> issue_invoice(const rules::RuleAction& action);
  Result<void> start_pipeline(const rules::RuleAction& action);
  Result<std::string> skill_for(const rules::RuleAction& action);
  Result<void> look_at(std::vector<rule::Candidate>& candidates, const std::string& skill);
  Result<void> assign(const rules::RuleAction& action);
  Result<void> add_participants(const rules::RuleAction& action);
  Result<std::vector<PersonId>> persons_of_touch();
  Result<std::vector<PersonId>> persons_of_decision_map(std::string_view role);
  // Those whom the action names, by id or by role; nobody twice.
  std::vector<rule::Candidate> meant(const rules::RuleAction& action,
                                     const UserId& deal_owner) const;

  MessageOfRule message_of(const rules::RuleAction& action, std::size_t place) const;
  Result<Recipients> recipients_of(const rules::RuleAction& action);
  Result<void> send(const rules::RuleAction& action, std::size_t place);
  Result<std::optional<v1::DocumentIssued>> issued_paper(const std::string& subject);
  Result<std::string> link_for(const rules::RuleAction& action, const std::string& document);
  Result<void> send_paper(const rules::RuleAction& action, std::size_t place);
  Result<void> send_invitation(const rules::RuleAction& action, std::size_t place);
  Result<void> notify_outside(const rules::RuleAction& action, effect::Channel channel,
                              std::size_t place);
  Result<void> notify(const rules::RuleAction& action, std::size_t place);

  Unit& unit_;
  const TriggeredRule& triggered_;
  const rules::Rule& rule_;
  const Staff& staff_;
  const StreamName stream_;
  const std::size_t cause_;
};

// The texts that are kept are in the company's language.
inline const std::string& lasting(const rules::LocalText& text) {
  return text.ru.empty() ? text.en : text.ru;
}

}  // namespace dealog::use_cases
