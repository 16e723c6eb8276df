// Effects: planned by rules, carried out step by step by the outbox, retried or dropped by people.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/command/unit.hpp"
#include "libs/domain/effect/effect.hpp"

namespace dealog::use_cases {

// What a rule wants to say, with fields still to be filled in (libs/rules/message_text.hpp).
struct MessageOfRule {
  effect::Channel channel = effect::Channel::kMail;
  std::string kind;  // the action's name
  std::string trigger, rule, pipeline;
  DealId deal;
  std::string title, text;
  std::string document = {};  // doc_… to attach
  std::string meeting = {};   // tsk_… whose invitation to attach
  std::string document_number = {};
  std::string document_link = {};
  std::size_t place = 0;  // of the action in its rule
};
struct Recipients {
  std::vector<PersonId> persons;  // those who were merged count as whom they became
  std::vector<UserId> users;
};

// An effect for each of them, nobody twice. Customers get theirs when their quiet hours are over;
// one who has had as many as the regulation allows gets none (EffectSkipped "frequency_cap" follows
// and the deal's history says so). What failed is not counted, and papers are neither counted nor
// held back. Errors: kUnprocessable "nobody_to_write" when there is nobody.
Result<void> plan_messages(Unit& unit, const MessageOfRule& message, const Recipients& recipients,
                           std::size_t cause);

// The next step of one that is due: EffectAttempted, or why it is not sent.
// Errors: those of effect::decide.
Result<void> attempt_effect(Unit& unit, const EffectId& id);
// What became of the attempt. A customer's mail or message becomes a touch of the deal; the deal's
// history and its owner are told of what failed for good or is unknown. Errors: those of
// effect::decide.
Result<void> settle_effect(Unit& unit, const EffectId& id, const effect::SettleEffect& settled);

// By a person. Errors: those of effect::decide.
Result<void> retry_effect(Unit& unit, const EffectId& id, bool replay = false);
Result<void> drop_effect(Unit& unit, const EffectId& id);
// What was planned until now goes although it is so much.
Result<void> release_backlog(Unit& unit, effect::Channel channel);
StreamName backlog_stream(effect::Channel channel);

// The card that a person's has become, or itself. Errors: those of the log.
Result<StreamName> present_person(const Folds& folds, StreamName stream);

}  // namespace dealog::use_cases
