#include "libs/command/use_cases/rule_acts.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/rule_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/webhook_endpoints.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/company/company.hpp"
#include "libs/domain/user/user.hpp"
#include "libs/rules/message_text.hpp"
#include "libs/rules/participants.hpp"

namespace dealog::use_cases {
namespace {

using rules::ActionKind;

// An event by its id; nothing when it is not in the log.
Result<std::optional<RecordedEvent>> event_of(const Folds& folds, const Uuid& id) {
  const auto position = TRY(folds.log().find_event(id));
  if (!position) return std::nullopt;
  std::optional<Result<RecordedEvent>> found;
  TRY(folds.log().read(*position, Direction::kForward, 1, [&](const StoredEvent& stored) {
    found = decode(stored.record, Open::kNothing, nullptr);
    return false;
  }));
  if (!found) return std::nullopt;
  return TRY(*std::move(found));
}

}  // namespace

Result<void> RuleActs::act(const rules::RuleAction& action, std::size_t place) {
  switch (action.kind) {
    case ActionKind::kAssign:
      return assign(action);
    case ActionKind::kNotify:
      return notify(action, place);
    case ActionKind::kSendMail:
    case ActionKind::kSendMessage:
      return send(action, place);
    case ActionKind::kSendQuote:
    case ActionKind::kSendInvoice:
      TRY(change(action));
      return send_paper(action, place);
    case ActionKind::kDraftQuote:
      return draft_quote(action);
    case ActionKind::kIssueInvoice:
      return issue_invoice(action);
    case ActionKind::kSendInvitation:
      return send_invitation(action, place);
    case ActionKind::kCallWebhook:
      return plan_webhook(unit_,
                          {.trigger = triggered_.trigger,
                           .rule = triggered_.rule,
                           .pipeline = triggered_.pipeline,
                           .regulation_version = triggered_.regulation_version,
                           .deal = triggered_.deal,
                           .endpoint = action.code,
                           .place = place},
                          cause_);
    case ActionKind::kStartPipeline:
      return start_pipeline(action);
    case ActionKind::kAddParticipant:
      return add_participants(action);
    default:
      return change(action);
  }
}

Result<void> RuleActs::change(const rules::RuleAction& action) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  const Parties parties = parties_of(*state);
  const auto around =
      TRY(surroundings_of(unit_, state->pipeline, &parties, true, unit_.language()));
  for (auto& command : deal::commands_of(action, rule_, *state, around.context)) {
    // Whoever carries out the same trigger makes the same: a back-test knows it again.
    const auto id = [&](std::string_view what) {
      const auto name = fmt::format("{}/{}", what, unit_.emitted().size() - cause_);
      return Uuid::derived(triggered_.id, name);
    };
    if (auto* task = std::get_if<deal::CreateTask>(&command)) task->id = TaskId(id("task"));
    if (auto* quote = std::get_if<deal::DraftQuote>(&command)) quote->id = QuoteId(id("quote"));
    if (auto* invoice = std::get_if<deal::IssueInvoice>(&command)) {
      invoice->id = InvoiceId(id("invoice"));
    }
    TRY(change_deal(unit_, triggered_.deal, command, unit_.language(), cause_));
  }
  return {};
}

// A deal of the same people there, for the same owner; what it is worth is another matter.
Result<void> RuleActs::start_pipeline(const rules::RuleAction& action) {
  const deal::State state = *TRY(unit_.load<deal::State>(stream_));
  OpenDealInput input{.pipeline = action.code, .language = unit_.language()};
  input.deal.title = rules::fill_in(lasting(action.subject), [&](std::string_view field) {
    return field == "deal.title" ? state.title : std::string();
  });
  // Erased, or too long with what stands around it.
  if (trim(input.deal.title).empty()) input.deal.title = lasting(rule_.title);
  input.deal.title = utf8_prefix(input.deal.title, limits::kTitleBytes);
  input.deal.source = state.source;
  if (!state.owner.is_nil()) input.deal.owner = state.owner;
  if (const auto* contact = state.contact()) input.person = contact->person;
  if (!state.company.is_nil()) input.company = state.company;
  TRY(open_deal(unit_, input, cause_));
  return {};
}

// Whoever the touch was with from which all this follows; nobody when that is not known.
Result<std::vector<PersonId>> RuleActs::persons_of_touch() {
  std::vector<PersonId> persons;
  Uuid next = triggered_.triggered_by;
  for (std::uint32_t hop = 0; hop < kRuleDepth && !next.is_nil() && persons.empty(); ++hop) {
    const auto event = TRY(event_of(unit_.folds(), next));
    if (!event) break;
    std::string person;
    if (const auto* touch = event->as<v1::TouchRecorded>()) person = touch->person();
    if (const auto id = PersonId::parse(person)) persons.push_back(*id);
    next = event->causation_id;
  }
  return persons;
}

Result<std::vector<PersonId>> RuleActs::persons_of_decision_map(std::string_view role) {
  std::vector<PersonId> persons;
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  if (state->company.is_nil()) return persons;
  const std::string_view there = rules::role_in_decision_map(role);
  const auto* company = TRY(unit_.glance<company::State>(state->company.text()));
  for (const auto& [person, decider] : company->decision_map) {
    const auto id = PersonId::parse(person);
    if (id && decider.role == there) persons.push_back(*id);
  }
  return persons;
}

Result<void> RuleActs::add_participants(const rules::RuleAction& action) {
  std::vector<PersonId> persons;
  if (action.person == rules::kPersonOfTouch) {
    persons = TRY(persons_of_touch());
  } else if (action.person == rules::kDecisionMap) {
    persons = TRY(persons_of_decision_map(action.code));
  } else if (const auto person = PersonId::parse(action.person)) {
    persons = {*person};
  }
  for (const PersonId& person : persons) {
    const auto present = PersonId::parse(TRY(present_person(unit_.folds(), person.text())));
    const deal::SetParticipant command{.person = present.value_or(person), .role = action.code};
    TRY(change_deal(unit_, triggered_.deal, command, unit_.language(), cause_));
  }
  return {};
}

std::vector<rule::Candidate> RuleActs::meant(const rules::RuleAction& action,
                                             const UserId& deal_owner) const {
  std::vector<rule::Candidate> out;
  for (const StaffMember& member : staff_.members) {
    const auto is_meant = [&](const std::string& who) {
      return who == member.role || who == member.user.text() ||
             (rules::is_team(who) && who.substr(rules::kTeam.size()) == member.team) ||
             (who == "deal_owner" && member.user == deal_owner);
    };
    if (std::ranges::any_of(action.codes, is_meant)) {
      out.push_back({member.user, member.open_deals});
    }
  }
  return out;
}

// The skill that the deal needs; empty: none.
Result<std::string> RuleActs::skill_for(const rules::RuleAction& action) {
  const auto* state = TRY(unit_.load<deal::State>(stream_));
  if (action.skill == "work_type") return state->work_type;
  return action.skill == "source" ? state->source : action.skill;
}

// Whether they are there, and have the skill.
Result<void> RuleActs::look_at(std::vector<rule::Candidate>& candidates, const std::string& skill) {
  for (auto& candidate : candidates) {
    const auto* state = TRY(unit_.glance<user::State>(candidate.user.text()));
    candidate.absent_until = state->absent_until(unit_.now()).value_or(Timestamp{});
    candidate.skilled = skill.empty() || std::ranges::binary_search(state->skills, skill);
  }
  return {};
}

Result<void> RuleActs::assign(const rules::RuleAction& action) {
  auto candidates = meant(action, {});
  const std::string skill = TRY(skill_for(action));
  TRY(look_at(candidates, skill));
  const std::string rule_stream = rule::id_of(triggered_.pipeline, triggered_.rule).text();
  const auto* state = TRY(unit_.load<rule::State>(rule_stream));
  const bool all_absent = std::ranges::all_of(candidates, &rule::Candidate::is_absent);
  const UserId user = rule::choose(*state, action.by, candidates, staff_.counted_at);
  if (user.is_nil()) {
    return refuse(unit_.language(), ErrorKind::kUnprocessable, "nobody_to_assign",
                  "нет ни одного действующего сотрудника из названных в правиле",
                  "none of those whom the rule names works here");
  }
  v1::OwnerChosen chosen;
  chosen.set_deal(stream_);
  chosen.set_user(user.text());
  chosen.set_by(std::string(rules::assign_name(action.by)));
  chosen.set_trigger(triggered_.trigger);
  for (const auto& candidate : candidates) {
    auto& considered = *chosen.add_candidates();
    considered.set_user(candidate.user.text());
    considered.set_open_deals(candidate.open_deals);
    considered.set_absent_until(candidate.absent_until.us);
    considered.set_skilled(!skill.empty() && candidate.skilled);
  }
  chosen.set_all_absent(all_absent);
  chosen.set_skill(skill);
  const auto place = unit_.emit(rule_stream, {make_event(std::move(chosen))}, cause_);
  return change_deal(unit_, triggered_.deal, deal::AssignDealOwner{.owner = user}, unit_.language(),
                     place);
}

}  // namespace dealog::use_cases
