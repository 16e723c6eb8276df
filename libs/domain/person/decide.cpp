#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::person {
namespace {

using Events = std::vector<NewEvent>;

Result<void> require_active(const State& state, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "person_not_found", "такого человека нет",
                  "there is no such person");
  }
  if (state.erased) {
    return refuse(language, ErrorKind::kConflict, "person_erased", "данные этого человека стёрты",
                  "this person was erased");
  }
  if (!state.merged_into.empty()) {
    return refuse(language, ErrorKind::kConflict, "person_merged",
                  "этот человек объединён с " + state.merged_into + "; меняйте того",
                  "this person was merged into " + state.merged_into + "; change that one");
  }
  return {};
}

// The same end twice is one contact.
std::vector<Contact> without_doubles(const std::vector<Contact>& contacts) {
  std::vector<Contact> unique;
  for (const auto& contact : contacts) {
    const bool known = std::any_of(unique.begin(), unique.end(),
                                   [&](const Contact& other) { return other.same_as(contact); });
    if (!known) unique.push_back(contact);
  }
  return unique;
}

const Contact* find_contact(const State& state, const Contact& contact) {
  for (const auto& known : state.contacts) {
    if (known.same_as(contact)) return &known;
  }
  return nullptr;
}

std::unexpected<Error> too_many_contacts(Language language) {
  return refuse(language, ErrorKind::kTooLarge, "too_many_contacts",
                fmt::format("у человека не больше {} контактов", limits::kContacts),
                fmt::format("a person has at most {} contacts", limits::kContacts));
}

}  // namespace

Result<Events> decide(const State& state, const RegisterPerson& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "person_exists", "этот человек уже есть",
                  "this person is registered already");
  }
  InputCheck check(language);
  check.text(command.name, "/name", limits::kTitleBytes, Presence::kOptional);
  check.text(command.position, "/position", limits::kTitleBytes, Presence::kOptional);
  check.text(command.source, "/source", limits::kCodeBytes, Presence::kOptional);
  if (trim(command.name).empty() && command.contacts.empty()) {
    check.add("/name", "required", "нужны имя, телефон или электронная почта",
              "give a name, a phone number or an e-mail address");
  }
  TRY(check.result());
  const auto contacts = without_doubles(command.contacts);
  if (contacts.size() > limits::kContacts) return too_many_contacts(language);

  v1::PersonRegistered event;
  event.set_name(std::string(trim(command.name)));
  event.set_source(command.source);
  event.set_company(command.company);
  event.set_position(std::string(trim(command.position)));
  for (const auto& contact : contacts) *event.add_contacts() = to_message(contact);
  return Events{make_event(std::move(event), identifying_tags(contacts))};
}

Result<Events> decide(const State& state, const ChangePersonDetails& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  if (command.name) check.text(*command.name, "/name", limits::kTitleBytes, Presence::kOptional);
  if (command.position)
    check.text(*command.position, "/position", limits::kTitleBytes, Presence::kOptional);
  if (command.name && trim(*command.name).empty() && state.contacts.empty()) {
    check.add("/name", "required", "человеку без контактов нужно имя",
              "a person without contacts needs a name");
  }
  TRY(check.result());
  v1::PersonDetailsChanged event;
  bool differs = false;
  if (command.name && trim(*command.name) != state.name) {
    event.set_name(std::string(trim(*command.name)));
    differs = true;
  }
  if (command.company && *command.company != state.company) {
    event.set_company(*command.company);
    differs = true;
  }
  if (command.position && trim(*command.position) != state.position) {
    event.set_position(std::string(trim(*command.position)));
    differs = true;
  }
  if (!differs) return Events{};
  return Events{make_event(std::move(event))};
}

Result<Events> decide(const State& state, const AddContact& command, Language language) {
  TRY(require_active(state, language));
  const Contact* known = find_contact(state, command.contact);
  if (known != nullptr && known->shared == command.contact.shared) return Events{};
  if (known == nullptr && state.contacts.size() >= limits::kContacts)
    return too_many_contacts(language);
  Events events;
  if (known != nullptr && known->identifies && !command.contact.identifies) {
    // It turned out to be shared: the claim is released, then it stands without one.
    v1::PersonContactRemoved removed;
    *removed.mutable_contact() = to_message(*known);
    events.push_back(make_event(std::move(removed), identifying_tags({*known})));
  }
  v1::PersonContactAdded added;
  *added.mutable_contact() = to_message(command.contact);
  events.push_back(make_event(std::move(added), identifying_tags({command.contact})));
  return events;
}

Result<Events> decide(const State& state, const RemoveContact& command, Language language) {
  TRY(require_active(state, language));
  const Contact* known = find_contact(state, command.contact);
  if (known == nullptr) {
    return refuse(language, ErrorKind::kNotFound, "contact_not_found",
                  "у этого человека нет такого контакта", "this person has no such contact");
  }
  v1::PersonContactRemoved event;
  *event.mutable_contact() = to_message(*known);
  return Events{make_event(std::move(event), identifying_tags({*known}))};
}

Result<Events> decide(const State& state, const SuggestMerge& command, Language language) {
  TRY(require_active(state, language));
  if (state.suggested.contains(command.other)) return Events{};
  v1::MergeSuggested event;
  event.set_other(command.other);
  event.set_because(command.because);
  return Events{make_event(std::move(event), {open_tag(command.other)})};
}

Result<Events> decide(const State& state, const ErasePerson& command, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "person_not_found", "такого человека нет",
                  "there is no such person");
  }
  if (state.erased) {
    return refuse(language, ErrorKind::kConflict, "person_erased",
                  "данные этого человека уже стёрты", "this person was erased already");
  }
  InputCheck check(language);
  check.text(command.reason, "/reason", limits::kCodeBytes, Presence::kRequired);
  TRY(check.result());
  v1::PersonErased event;
  event.set_reason(command.reason);
  auto tags = identifying_tags(state.contacts);
  tags.push_back(open_tag(std::string(kErasuresTag)));
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Merged> decide(const State& loser, const State& winner, const MergePersons& command,
                      Language language) {
  if (command.loser == command.winner) {
    return refuse(language, ErrorKind::kInvalid, "same_person",
                  "человека нельзя объединить с ним самим",
                  "a person cannot be merged into itself");
  }
  TRY(require_active(loser, language));
  TRY(require_active(winner, language));
  v1::PersonAbsorbed absorbed;
  absorbed.set_other(command.loser);
  std::vector<Contact> taken;
  for (const auto& contact : loser.contacts) {
    if (find_contact(winner, contact) == nullptr) taken.push_back(contact);
  }
  if (winner.contacts.size() + taken.size() > limits::kContacts) return too_many_contacts(language);
  for (const auto& contact : taken) *absorbed.add_contacts() = to_message(contact);
  v1::PersonMerged merged;
  merged.set_into(command.winner);

  auto released = identifying_tags(loser.contacts);
  released.push_back(absorbed_by(command.winner));
  Merged out;
  out.of_loser.push_back(make_event(std::move(merged), std::move(released)));
  out.of_winner.push_back(make_event(std::move(absorbed), identifying_tags(taken)));
  if (winner.name.empty() && !loser.name.empty()) {
    v1::PersonDetailsChanged named;
    named.set_name(loser.name);
    out.of_winner.push_back(make_event(std::move(named)));
  }
  return out;
}

}  // namespace dealog::person
