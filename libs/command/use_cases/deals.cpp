#include "libs/command/use_cases/deals.hpp"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "libs/command/use_cases/approvals.hpp"
#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/command/use_cases/documents.hpp"
#include "libs/command/use_cases/prices.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/user/user.hpp"

namespace dealog::use_cases {
namespace {

using deal::State;

// How many events that name a person are looked through for an open deal; the newest first.
constexpr std::size_t kEventsOfPerson = 200;

// Touches and tasks ask nothing about person and company.
bool asks_about_parties(const deal::Command& command) {
  return !std::holds_alternative<deal::CreateTask>(command) &&
         !std::holds_alternative<deal::CompleteTask>(command) &&
         !std::holds_alternative<deal::RescheduleTask>(command) &&
         !std::holds_alternative<deal::ReassignTask>(command) &&
         !std::holds_alternative<deal::CancelTask>(command);
}

// The company that the gates read: the one that the command brings, if it does.
void bring_company(Parties& parties, const deal::Command& command) {
  const deal::Change<CompanyId>* change = nullptr;
  if (const auto* move = std::get_if<deal::ChangeDealStage>(&command)) {
    change = &move->fields.company;
  } else if (const auto* details = std::get_if<deal::ChangeDealDetails>(&command)) {
    change = &details->fields.company;
  } else if (const auto* link = std::get_if<deal::LinkCompany>(&command)) {
    parties.company = link->company ? link->company->text() : StreamName();
  }
  if (change == nullptr || !change->touched()) return;
  parties.company = change->is_set() ? change->value.text() : StreamName();
}

Result<void> require_company(Unit& unit, const Parties& parties) {
  if (parties.company.empty()) return {};
  const auto* state = TRY(unit.glance<company::State>(parties.company));
  if (state->exists()) return {};
  return not_found(unit.language(), "company", parties.company);
}

Result<void> require_person(Unit& unit, const deal::Command& command) {
  const auto* participant = std::get_if<deal::SetParticipant>(&command);
  if (participant == nullptr || participant->person.is_nil()) return {};
  TRY(resolve_person(unit, participant->person));
  return {};
}

// Somebody who works here: a deal or a task of nobody would be seen by nobody.
Result<void> require_user(Unit& unit, const UserId& id) {
  const auto* state = TRY(unit.glance<user::State>(id.text()));
  if (state->active) return {};
  return refuse(unit.language(), ErrorKind::kNotFound, "user_not_found",
                fmt::format("нет действующего пользователя {}; список — GET /v1/users", id.text()),
                fmt::format("there is no active user {}; GET /v1/users lists them", id.text()));
}

Result<void> require_new_owner(Unit& unit, const deal::DetailsChange& fields) {
  if (!fields.owner.is_set()) return {};
  return require_user(unit, fields.owner.value);
}

// Users that the command gives something to do.
Result<void> require_users(Unit& unit, const deal::Command& command) {
  if (const auto* owner = std::get_if<deal::AssignDealOwner>(&command)) {
    return require_user(unit, owner->owner);
  }
  if (const auto* task = std::get_if<deal::CreateTask>(&command)) {
    if (task->assignee) return require_user(unit, *task->assignee);
  } else if (const auto* reassigned = std::get_if<deal::ReassignTask>(&command)) {
    return require_user(unit, reassigned->assignee);
  } else if (const auto* details = std::get_if<deal::ChangeDealDetails>(&command)) {
    return require_new_owner(unit, details->fields);
  } else if (const auto* move = std::get_if<deal::ChangeDealStage>(&command)) {
    return require_new_owner(unit, move->fields);
  }
  return {};
}

// People that a touch or a task names are there, too.
void check_person(InputCheck& check, Unit& unit, const std::string& pointer,
                  const StreamName& person) {
  const auto* state = unit.glance<person::State>(person).value_or(nullptr);
  if (state != nullptr && state->exists()) return;
  check.add(pointer, "person_not_found", "нет человека " + person, "there is no person " + person);
}
void check_user(InputCheck& check, Unit& unit, const std::string& pointer, const StreamName& user) {
  const auto* state = unit.glance<user::State>(user).value_or(nullptr);
  if (state != nullptr && state->exists()) return;
  check.add(pointer, "user_not_found", "нет пользователя " + user, "there is no user " + user);
}

// What does not exist is told by its place in the body; the words are right, so it is 422.
Result<void> require_named(Unit& unit, const deal::Command& command) {
  InputCheck check(unit.language());
  if (const auto* touch = std::get_if<deal::RecordTouch>(&command)) {
    if (touch->person) check_person(check, unit, "/person", touch->person->text());
  } else if (const auto* task = std::get_if<deal::CreateTask>(&command)) {
    for (std::size_t i = 0; i < task->participants.size(); ++i) {
      const std::string pointer = fmt::format("/participants/{}", i), &who = task->participants[i];
      if (PersonId::parse(who)) check_person(check, unit, pointer, who);
      if (UserId::parse(who)) check_user(check, unit, pointer, who);
    }
  }
  if (check.ok()) return {};
  Error error = check.result().error();
  error.kind = ErrorKind::kUnprocessable;
  return fail(std::move(error));
}

Result<void> record_touch(Unit& unit, const StreamName& stream, const deal::RecordTouch& command,
                          rules::Language language, bool conditional,
                          std::optional<std::size_t> cause = std::nullopt) {
  const State* state =
      conditional ? TRY(unit.load<State>(stream)) : TRY(unit.glance<State>(stream));
  if (!state->exists()) return not_found(language, "deal", stream);
  TRY(require_named(unit, command));
  const auto around = TRY(surroundings_of(unit, state->pipeline, nullptr, false, language));
  unit.emit(stream, TRY(deal::decide(*state, command, around.context)), cause);
  return {};
}

// The latest open deal of a person, or of one who was merged into it, in the pipeline. That no
// other comes to be is held.
Result<std::optional<DealId>> hold_open_deal(Unit& unit, const PersonId& person,
                                             std::string_view pipeline) {
  std::vector<RecordedEvent> events;
  for (const auto& stream : TRY(same_person(unit.folds(), person.text()))) {
    const Tag tag = deal::deals_of(TRY(PersonId::parse(stream)));
    auto of_one = TRY(unit.with_tag(tag, kEventsOfPerson));
    unit.require_no_tag_after(tag, of_one.empty() ? Position{} : of_one.front().position);
    std::move(of_one.begin(), of_one.end(), std::back_inserter(events));
  }
  std::sort(events.begin(), events.end(),
            [](const auto& a, const auto& b) { return a.position > b.position; });
  std::vector<StreamName> seen;
  for (const auto& event : events) {
    if (!event.stream.starts_with("deal_")) continue;
    if (std::find(seen.begin(), seen.end(), event.stream) != seen.end()) continue;
    seen.push_back(event.stream);
    const State* state = TRY(unit.glance<State>(event.stream));
    if (state->is_open() && state->pipeline == pipeline) return TRY(DealId::parse(event.stream));
  }
  return std::nullopt;
}

Result<std::optional<FoundPerson>> person_of(Unit& unit, const OpenDealInput& input) {
  if (const auto* id = std::get_if<PersonId>(&input.person)) {
    return FoundPerson{TRY(resolve_person(unit, *id)), false};
  }
  if (const auto* person = std::get_if<PersonInput>(&input.person)) {
    return TRY(find_or_register_person(unit, *person, "/person"));
  }
  return std::nullopt;
}

Result<std::optional<CompanyId>> company_of(Unit& unit, const OpenDealInput& input) {
  if (const auto* id = std::get_if<CompanyId>(&input.company)) {
    return TRY(resolve_company(unit, *id));
  }
  if (const auto* company = std::get_if<CompanyInput>(&input.company)) {
    return TRY(find_or_register_company(unit, *company, "/company")).company;
  }
  return std::nullopt;
}

Result<DealId> open_new(Unit& unit, const OpenDealInput& input,
                        const std::optional<FoundPerson>& person,
                        const std::optional<CompanyId>& company, std::optional<std::size_t> cause) {
  deal::OpenDeal command = input.deal;
  if (command.owner) TRY(require_user(unit, *command.owner));
  Parties parties;
  if (person) {
    command.person = person->person;
    parties.person = person->person.text();
  }
  if (company) {
    command.company = *company;
    parties.company = company->text();
  }
  const auto id = unit.new_id<DealId>(fmt::format("deal/{}", unit.emitted().size()));
  const auto around = TRY(surroundings_of(unit, input.pipeline, &parties, true, input.language));
  const State* state = TRY(unit.load<State>(id.text()));
  unit.emit(id.text(), TRY(deal::decide(*state, command, around.context)), cause);
  return id;
}

}  // namespace

Result<OpenedDeal> open_deal(Unit& unit, const OpenDealInput& input,
                             std::optional<std::size_t> cause) {
  const auto person = TRY(person_of(unit, input));
  const auto company = TRY(company_of(unit, input));
  OpenedDeal opened;
  std::optional<deal::RecordTouch> touch = input.touch;
  if (person) opened.person = person->person;
  if (person && touch) touch->person = person->person;
  if (person && input.on_open_deal != OnOpenDeal::kOpenAnother) {
    const auto known = TRY(hold_open_deal(unit, person->person, input.pipeline));
    if (known) {
      opened.deal = *known;
      if (touch) TRY(record_touch(unit, known->text(), *touch, input.language, true));
      return opened;
    }
  }
  if (input.on_open_deal == OnOpenDeal::kTouchOnly) return opened;
  opened.deal = TRY(open_new(unit, input, person, company, cause));
  opened.opened = true;
  if (touch) TRY(record_touch(unit, opened.deal.text(), *touch, input.language, true));
  return opened;
}

Result<void> change_deal(Unit& unit, const DealId& id, const deal::Command& asked,
                         rules::Language language, std::optional<std::size_t> cause) {
  const StreamName stream = id.text();
  const auto priced = TRY(with_list_prices(unit, asked));
  const deal::Command& command = priced ? *priced : asked;
  if (const auto* touch = std::get_if<deal::RecordTouch>(&command)) {
    return record_touch(unit, stream, *touch, language, false, cause);
  }
  const State* state = TRY(unit.load<State>(stream));
  if (!state->exists()) return not_found(language, "deal", stream);
  TRY(require_person(unit, command));
  TRY(require_named(unit, command));
  TRY(require_users(unit, command));
  const bool judged = asks_about_parties(command);
  Parties parties;
  if (judged) {
    parties = parties_of(*state);
    bring_company(parties, command);
    TRY(require_company(unit, parties));
  }
  auto around =
      TRY(surroundings_of(unit, state->pipeline, judged ? &parties : nullptr, judged, language));
  if (const auto* invoice = std::get_if<deal::IssueInvoice>(&command)) {
    around.context.next_invoice = invoice_numbers(unit, *around.regulation, invoice->legal_entity);
  }
  const auto first = unit.emit(stream, TRY(deal::decide(*state, command, around.context)), cause);
  TRY(tell_about_approvals(unit, id, first));
  return issue_what_is_sent(unit, id, command);
}

std::vector<StreamName> lanes_of(const deal::Command& command) {
  const bool invoices = std::holds_alternative<deal::IssueInvoice>(command) ||
                        std::holds_alternative<deal::AcceptQuote>(command);
  if (invoices) return {StreamName(kInvoicesLane)};
  if (std::holds_alternative<deal::SendQuote>(command)) return {StreamName(kDocumentsLane)};
  return {};
}

Result<DealId> deal_of(const Folds& folds, std::string_view thing, Language language) {
  struct Kind {
    std::string_view prefix, name;
  };
  static constexpr std::array<Kind, 4> kKinds = {
      {{"tsk_", "task"}, {"quo_", "quote"}, {"inv_", "invoice"}, {"doc_", "document"}}};
  const auto last = TRY(folds.last_with_tag(open_tag(std::string(thing))));
  if (last && last->stream.starts_with("deal_")) return DealId::parse(last->stream);
  for (const auto& kind : kKinds) {
    if (thing.starts_with(kind.prefix)) return not_found(language, kind.name, thing);
  }
  return not_found(language, "deal", thing);
}

Result<std::vector<deal::StageOption>> deal_options(const Folds& folds, const DealId& id,
                                                    const user::Rights& rights, const Actor& actor,
                                                    Timestamp now, rules::Language language) {
  const auto state = TRY(folds.current<State>(id.text()));
  if (!state->exists()) return not_found(language, "deal", id.text());
  const auto around = TRY(surroundings_of(folds, *state, rights, actor, now, language));
  return deal::options(*state, around.context);
}

}  // namespace dealog::use_cases
