// Finding, registering, changing and merging people, so that nobody is there twice.
#pragma once

#include <string>
#include <vector>

#include "libs/base/id.hpp"
#include "libs/command/unit.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::use_cases {

struct PersonInput {
  std::string name;
  std::vector<person::ContactInput> contacts;
  std::string country = "RU";  // of numbers without an international prefix
  std::string source = {};
  std::string company = {};
  std::string position = {};
};

struct FoundPerson {
  PersonId person;
  bool registered = false;  // new, in this unit
};

// The claimant of an e-mail address among the contacts, else of a mobile number, else a new person.
// Who is found takes over contacts that nobody claims, and the name when there was none; when the
// e-mail and the phone belong to two people, `MergeSuggested` is recorded on the e-mail's. Each
// identifying tag is held, so that two deliveries at one moment make one person.
// Errors: kInvalid with `fields`. `pointer` is where the person stands in the request ("/person").
Result<FoundPerson> find_or_register_person(Unit& unit, const PersonInput& input,
                                            std::string_view pointer = "");

// The same without registering anybody or changing what is known of him.
Result<std::optional<PersonId>> find_person(Unit& unit, const PersonInput& input);

// Errors besides: kConflict "person_exists" with {"person":"per_…"} in Error::data when a contact
// is claimed already.
Result<PersonId> register_person(Unit& unit, const PersonInput& input);

// Only what is present changes; contacts are added and removed in that order.
struct PersonChange {
  person::ChangePersonDetails details;
  std::vector<person::ContactInput> add;
  std::vector<person::ContactInput> remove;
  std::string country = "RU";
};
Result<void> change_person(Unit& unit, const PersonId& id, const PersonChange& change);

// `loser` was `winner` all the time. A deal keeps naming the loser; readers follow `merged_into`.
Result<void> merge_people(Unit& unit, const PersonId& loser, const PersonId& winner);

// The person and everybody who was merged into it, the person first: they are one.
Result<std::vector<StreamName>> same_person(const Folds& folds, const StreamName& person);

// Follows merges. Errors: kNotFound "person_not_found"; kConflict "person_erased".
Result<PersonId> resolve_person(Unit& unit, const PersonId& id);

}  // namespace dealog::use_cases
