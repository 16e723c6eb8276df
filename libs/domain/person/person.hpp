// A person: somebody we talk to. State, commands, decide and evolve; pure.
//
// A valid mobile number or e-mail address identifies its one claimant. Claiming and releasing both
// write the contact's personal tag, so the last event with the tag says who claims it. That a tag
// is free is not known here: the use cases look it up and make the append conditional on it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/domain/person/contact.hpp"
#include "libs/event/event.hpp"

namespace dealog::person {

// Every erasure carries it: at start the ones that a crash interrupted are completed.
inline constexpr std::string_view kErasuresTag = "erasures";

struct State {
  StreamVersion version;
  std::string name;
  std::vector<Contact> contacts;
  std::string company;   // com_… or empty
  std::string position;  // in that company
  std::string source;
  std::set<std::string> suggested;  // per_… that may be the same person
  std::string merged_into;          // per_… when it turned out to be somebody else
  bool erased = false;

  bool exists() const { return version.value > 0; }
  // Registered, and neither merged nor erased.
  bool active() const { return exists() && !erased && merged_into.empty(); }
  bool operator==(const State&) const = default;
};

// Applies one event of the person's own stream; other types are passed over.
void evolve(State& state, const RecordedEvent& event);

struct RegisterPerson {
  std::string name;
  std::vector<Contact> contacts;
  std::string source;
  std::string company;
  std::string position;
};
// Only what is present changes. Nothing that differs: no event.
struct ChangePersonDetails {
  std::optional<std::string> name;
  std::optional<std::string> company;
  std::optional<std::string> position;
};
struct AddContact {
  Contact contact;
};
// Errors besides the common ones: kNotFound "contact_not_found".
struct RemoveContact {
  Contact contact;
};
struct SuggestMerge {
  std::string other;    // per_…
  std::string because;  // phone_claimed, email_claimed
};
struct ErasePerson {
  std::string reason;  // request, retention
};

// Errors: kInvalid with `fields` for input; kNotFound "person_not_found"; kConflict
// "person_exists" (registering twice) | "person_merged" | "person_erased".
Result<std::vector<NewEvent>> decide(const State& state, const RegisterPerson& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangePersonDetails& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const AddContact& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const RemoveContact& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const SuggestMerge& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ErasePerson& command,
                                     Language language = Language::kEn);

// `loser` was `winner` all the time: the winner takes its contacts over. Appended together, the
// loser's events first, so that the winner is the last to claim each contact.
struct MergePersons {
  std::string loser;   // per_…
  std::string winner;  // per_…
};
struct Merged {
  std::vector<NewEvent> of_loser;
  std::vector<NewEvent> of_winner;
};
// Errors besides the common ones: kInvalid "same_person".
Result<Merged> decide(const State& loser, const State& winner, const MergePersons& command,
                      Language language = Language::kEn);

// By this tag those are found who were merged into a person.
inline Tag absorbed_by(const StreamName& winner) { return open_tag("absorbed-by:" + winner); }

// Who claims a contact, by the last event that carries its tag ("per_…"); nothing when it is free.
std::optional<StreamName> claimant(const std::optional<RecordedEvent>& last_with_tag);

}  // namespace dealog::person
