#include "libs/domain/person/person.hpp"

namespace dealog::person {
namespace {

void add_contact(State& state, const Contact& contact) {
  for (auto& known : state.contacts) {
    if (!known.same_as(contact)) continue;
    known = contact;
    return;
  }
  state.contacts.push_back(contact);
}

void apply(State& state, const v1::PersonRegistered& event) {
  state.name = event.name();
  state.company = event.company();
  state.position = event.position();
  state.source = event.source();
  for (const auto& contact : event.contacts()) add_contact(state, from_message(contact));
}

void apply(State& state, const v1::PersonDetailsChanged& event) {
  if (event.has_name()) state.name = event.name();
  if (event.has_company()) state.company = event.company();
  if (event.has_position()) state.position = event.position();
}

void apply(State& state, const v1::PersonContactRemoved& event) {
  const Contact gone = from_message(event.contact());
  std::erase_if(state.contacts, [&](const Contact& known) { return known.same_as(gone); });
}

// What was known of the person is known no more; that there was one, and into whom it was merged,
// stays.
void forget(State& state) {
  state.name.clear();
  state.contacts.clear();
  state.company.clear();
  state.position.clear();
  state.suggested.clear();
  state.erased = true;
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* registered = event.as<v1::PersonRegistered>()) {
    apply(state, *registered);
  } else if (const auto* changed = event.as<v1::PersonDetailsChanged>()) {
    apply(state, *changed);
  } else if (const auto* added = event.as<v1::PersonContactAdded>()) {
    // An erased box reads as an empty contact.
    if (added->has_contact()) add_contact(state, from_message(added->contact()));
  } else if (const auto* removed = event.as<v1::PersonContactRemoved>()) {
    apply(state, *removed);
  } else if (const auto* suggested = event.as<v1::MergeSuggested>()) {
    state.suggested.insert(suggested->other());
  } else if (const auto* merged = event.as<v1::PersonMerged>()) {
    state.merged_into = merged->into();
    state.contacts.clear();
  } else if (const auto* absorbed = event.as<v1::PersonAbsorbed>()) {
    for (const auto& contact : absorbed->contacts()) add_contact(state, from_message(contact));
    state.suggested.erase(absorbed->other());
  } else if (event.as<v1::PersonErased>() != nullptr) {
    forget(state);
  }
}

std::optional<StreamName> claimant(const std::optional<RecordedEvent>& last_with_tag) {
  if (!last_with_tag) return std::nullopt;
  const bool claims = last_with_tag->as<v1::PersonRegistered>() != nullptr ||
                      last_with_tag->as<v1::PersonContactAdded>() != nullptr ||
                      last_with_tag->as<v1::PersonAbsorbed>() != nullptr;
  if (!claims) return std::nullopt;
  return last_with_tag->stream;
}

}  // namespace dealog::person
