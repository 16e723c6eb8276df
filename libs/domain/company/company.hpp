// A company: whom we bill, and the map of who decides there. Pure.
//
// A tax id identifies its one claimant through the personal tag "tax:…", as a person's contacts do.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/base/language.hpp"
#include "libs/base/result.hpp"
#include "libs/event/event.hpp"

namespace dealog::company {

// One place in the decision map.
struct Decider {
  std::string role;         // decides, influences, pays
  std::uint32_t order = 0;  // in which decisions pass; 0 none

  bool operator==(const Decider&) const = default;
};

struct State {
  StreamVersion version;
  std::string name;
  std::string tax_id;  // normalised
  std::vector<std::string> bank_accounts;
  std::map<std::string, Decider> decision_map;  // by per_…
  std::string merged_into;                      // com_…

  bool exists() const { return version.value > 0; }
  bool active() const { return exists() && merged_into.empty(); }
  bool operator==(const State&) const = default;
};

void evolve(State& state, const RecordedEvent& event);

// Digits and letters only, letters upper-cased; 4 to 20 of them. Empty stays empty.
// Errors: kInvalid "invalid_tax_id".
Result<std::string> normalise_tax_id(std::string_view text, Language language = Language::kEn);
std::optional<Tag> identifying_tag(std::string_view normalised_tax_id);

struct RegisterCompany {
  std::string name;
  std::string tax_id;  // as typed, may be empty
  std::vector<std::string> bank_accounts;
};
struct ChangeCompanyDetails {
  std::optional<std::string> name;
  std::optional<std::string> tax_id;  // "" releases the claim
  std::optional<std::vector<std::string>> bank_accounts;
};
struct ChangeDecisionMap {
  std::string person;  // per_…
  std::string role;    // empty: the person leaves the map
  std::uint32_t order = 0;
};

// Errors: kInvalid with `fields`; kNotFound "company_not_found"; kConflict "company_exists" |
// "company_merged".
Result<std::vector<NewEvent>> decide(const State& state, const RegisterCompany& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeCompanyDetails& command,
                                     Language language = Language::kEn);
Result<std::vector<NewEvent>> decide(const State& state, const ChangeDecisionMap& command,
                                     Language language = Language::kEn);

// Appended together, the loser's events first. The winner takes over the tax id when it has none,
// bank accounts and places of the decision map that it lacks.
struct MergeCompanies {
  std::string loser;   // com_…
  std::string winner;  // com_…
};
struct Merged {
  std::vector<NewEvent> of_loser;
  std::vector<NewEvent> of_winner;
};
// Errors besides the common ones: kInvalid "same_company"; kConflict "tax_ids_differ".
Result<Merged> decide(const State& loser, const State& winner, const MergeCompanies& command,
                      Language language = Language::kEn);

// Who claims a tax id, by the last event with its tag.
std::optional<StreamName> claimant(const std::optional<RecordedEvent>& last_with_tag);

}  // namespace dealog::company
