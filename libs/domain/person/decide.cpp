#include <algorithm>

#include "libs/base/limits.hpp"
#include "libs/domain/common/input_check.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::person {
namespace {

using Events = std::vector<NewEvent>;

Result<void> require_active(const State& state) {
  if (!state.exists()) {
    return fail(ErrorKind::kNotFound, "person_not_found", "there is no such person");
  }
  if (state.erased) {
    return fail(ErrorKind::kConflict, "person_erased", "this person was erased");
  }
  if (!state.merged_into.empty()) {
    return fail(ErrorKind::kConflict, "person_merged",
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

std::unexpected<Error> too_many_contacts() {
  return fail(ErrorKind::kTooLarge, "too_many_contacts",
              fmt::format("a person has at most {} contacts", limits::kContacts));
}

}  // namespace

Result<Events> decide(const State& state, const RegisterPerson& command) {
  if (state.exists()) {
    return fail(ErrorKind::kConflict, "person_exists", "this person is registered already");
  }
  domain::InputCheck check;
  check.text("/name", command.name, limits::kTitleBytes);
  check.text("/position", command.position, limits::kTitleBytes);
  check.text("/source", command.source, limits::kCodeBytes);
  if (trim(command.name).empty() && command.contacts.empty()) {
    check.add("/name", "required", "give a name, a phone number or an e-mail address");
  }
  TRY(check.result());
  const auto contacts = without_doubles(command.contacts);
  if (contacts.size() > limits::kContacts) return too_many_contacts();

  v1::PersonRegistered event;
  event.set_name(std::string(trim(command.name)));
  event.set_source(command.source);
  event.set_company(command.company);
  event.set_position(std::string(trim(command.position)));
  for (const auto& contact : contacts) *event.add_contacts() = to_message(contact);
  return Events{make_event(std::move(event), identifying_tags(contacts))};
}

Result<Events> decide(const State& state, const ChangePersonDetails& command) {
  TRY(require_active(state));
  domain::InputCheck check;
  if (command.name) check.text("/name", *command.name, limits::kTitleBytes);
  if (command.position) check.text("/position", *command.position, limits::kTitleBytes);
  if (command.name && trim(*command.name).empty() && state.contacts.empty()) {
    check.add("/name", "required", "a person without contacts needs a name");
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

Result<Events> decide(const State& state, const AddContact& command) {
  TRY(require_active(state));
  const Contact* known = find_contact(state, command.contact);
  if (known != nullptr && known->shared == command.contact.shared) return Events{};
  if (known == nullptr && state.contacts.size() >= limits::kContacts) return too_many_contacts();
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

Result<Events> decide(const State& state, const RemoveContact& command) {
  TRY(require_active(state));
  const Contact* known = find_contact(state, command.contact);
  if (known == nullptr) {
    return fail(ErrorKind::kNotFound, "contact_not_found", "this person has no such contact");
  }
  v1::PersonContactRemoved event;
  *event.mutable_contact() = to_message(*known);
  return Events{make_event(std::move(event), identifying_tags({*known}))};
}

Result<Events> decide(const State& state, const SuggestMerge& command) {
  TRY(require_active(state));
  if (state.suggested.contains(command.other)) return Events{};
  v1::MergeSuggested event;
  event.set_other(command.other);
  event.set_because(command.because);
  return Events{make_event(std::move(event), {open_tag(command.other)})};
}

Result<Events> decide(const State& state, const ErasePerson& command) {
  if (!state.exists()) {
    return fail(ErrorKind::kNotFound, "person_not_found", "there is no such person");
  }
  if (state.erased) {
    return fail(ErrorKind::kConflict, "person_erased", "this person was erased already");
  }
  domain::InputCheck check;
  check.required("/reason", command.reason, limits::kCodeBytes);
  TRY(check.result());
  v1::PersonErased event;
  event.set_reason(command.reason);
  auto tags = identifying_tags(state.contacts);
  tags.push_back(open_tag(std::string(kErasuresTag)));
  return Events{make_event(std::move(event), std::move(tags))};
}

Result<Merged> decide(const State& loser, const State& winner, const MergePersons& command) {
  if (command.loser == command.winner) {
    return fail(ErrorKind::kInvalid, "same_person", "a person cannot be merged into itself");
  }
  TRY(require_active(loser));
  TRY(require_active(winner));
  v1::PersonAbsorbed absorbed;
  absorbed.set_other(command.loser);
  std::vector<Contact> taken;
  for (const auto& contact : loser.contacts) {
    if (find_contact(winner, contact) == nullptr) taken.push_back(contact);
  }
  if (winner.contacts.size() + taken.size() > limits::kContacts) return too_many_contacts();
  for (const auto& contact : taken) *absorbed.add_contacts() = to_message(contact);
  v1::PersonMerged merged;
  merged.set_into(command.winner);

  auto released = identifying_tags(loser.contacts);
  released.push_back(open_tag(command.winner));
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
