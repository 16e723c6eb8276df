#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "dealog/v1/party_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/domain/common/refusal.hpp"
#include "libs/domain/company/company.hpp"

namespace dealog::company {
namespace {

using Events = std::vector<NewEvent>;

constexpr std::size_t kBankAccounts = 50;
constexpr std::size_t kBankAccountBytes = 64;  // an IBAN has 34 characters, spaces aside
constexpr std::size_t kDecisionMapPlaces = 200;
constexpr std::array<std::string_view, 3> kRoles = {"decides", "influences", "pays"};

Result<void> require_active(const State& state, Language language) {
  if (!state.exists()) {
    return refuse(language, ErrorKind::kNotFound, "company_not_found", "такой компании нет",
                  "there is no such company");
  }
  if (!state.merged_into.empty()) {
    return refuse(language, ErrorKind::kConflict, "company_merged",
                  "эта компания объединена с " + state.merged_into + "; меняйте ту",
                  "this company was merged into " + state.merged_into + "; change that one");
  }
  return {};
}

void check_accounts(InputCheck& check, const std::vector<std::string>& accounts) {
  if (accounts.size() > kBankAccounts) {
    check.add("/bank_accounts", "too_many", fmt::format("не больше {}", kBankAccounts),
              fmt::format("at most {}", kBankAccounts));
  }
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    check.text(accounts[i], fmt::format("/bank_accounts/{}", i), kBankAccountBytes,
               Presence::kRequired);
  }
}

// Tags that a change of the tax id releases and claims.
std::vector<Tag> tags_of(std::string_view released, std::string_view claimed) {
  std::vector<Tag> tags;
  if (auto tag = identifying_tag(released)) tags.push_back(std::move(*tag));
  if (auto tag = identifying_tag(claimed)) tags.push_back(std::move(*tag));
  return tags;
}

// Releasing the old and claiming the new tax id are two events: whose claim holds is told by the
// type of the last event with the tag.
void change_tax_id(Events& events, const State& state, const std::string& tax_id) {
  if (!state.tax_id.empty()) {
    v1::CompanyDetailsChanged released;
    released.set_tax_id("");
    events.push_back(make_event(std::move(released), tags_of(state.tax_id, "")));
  }
  if (tax_id.empty()) return;
  v1::CompanyDetailsChanged claimed;
  claimed.set_tax_id(tax_id);
  claimed.set_claims_tax_id(true);
  events.push_back(make_event(std::move(claimed), tags_of("", tax_id)));
}

}  // namespace

Result<std::string> normalise_tax_id(std::string_view text, Language language) {
  std::string normalised;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    const bool upper = c >= 'A' && c <= 'Z';
    const bool lower = c >= 'a' && c <= 'z';
    if (digit || upper) normalised += c;
    if (lower) normalised += static_cast<char>(c - 'a' + 'A');
    if (!digit && !upper && !lower &&
        std::string_view(" -./\t").find(c) == std::string_view::npos) {
      return refuse(language, ErrorKind::kInvalid, "invalid_tax_id",
                    "в налоговом номере только цифры и латинские буквы",
                    "a tax id has digits and latin letters");
    }
  }
  if (normalised.empty() && trim(text).empty()) return normalised;
  if (normalised.size() < 4 || normalised.size() > 20) {
    return refuse(language, ErrorKind::kInvalid, "invalid_tax_id",
                  "в налоговом номере от 4 до 20 цифр и букв",
                  "a tax id has 4 to 20 digits and letters");
  }
  return normalised;
}

std::optional<Tag> identifying_tag(std::string_view normalised_tax_id) {
  if (normalised_tax_id.empty()) return std::nullopt;
  return personal_tag("tax:" + std::string(normalised_tax_id));
}

Result<Events> decide(const State& state, const RegisterCompany& command, Language language) {
  if (state.exists()) {
    return refuse(language, ErrorKind::kConflict, "company_exists", "эта компания уже есть",
                  "this company is registered already");
  }
  InputCheck check(language);
  check.text(command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  const auto tax_id = normalise_tax_id(command.tax_id, language);
  if (!tax_id) add_error(check, "/tax_id", tax_id.error());
  check_accounts(check, command.bank_accounts);
  TRY(check.result());
  v1::CompanyRegistered event;
  event.set_name(std::string(trim(command.name)));
  event.set_tax_id(*tax_id);
  for (const auto& account : command.bank_accounts) event.add_bank_accounts(account);
  return Events{make_event(std::move(event), tags_of("", *tax_id))};
}

Result<Events> decide(const State& state, const ChangeCompanyDetails& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  if (command.name) check.text(*command.name, "/name", limits::kTitleBytes, Presence::kRequired);
  const auto tax_id = normalise_tax_id(command.tax_id.value_or(""), language);
  if (!tax_id) add_error(check, "/tax_id", tax_id.error());
  if (command.bank_accounts) check_accounts(check, *command.bank_accounts);
  TRY(check.result());
  Events events;
  v1::CompanyDetailsChanged event;
  bool differs = false;
  if (command.name && trim(*command.name) != state.name) {
    event.set_name(std::string(trim(*command.name)));
    differs = true;
  }
  if (command.bank_accounts && *command.bank_accounts != state.bank_accounts) {
    event.set_bank_accounts_changed(true);
    for (const auto& account : *command.bank_accounts) event.add_bank_accounts(account);
    differs = true;
  }
  if (differs) events.push_back(make_event(std::move(event)));
  if (command.tax_id && *tax_id != state.tax_id) change_tax_id(events, state, *tax_id);
  return events;
}

Result<Events> decide(const State& state, const ChangeDecisionMap& command, Language language) {
  TRY(require_active(state, language));
  InputCheck check(language);
  check.text(command.person, "/person", limits::kCodeBytes, Presence::kRequired);
  if (!command.role.empty() &&
      std::find(kRoles.begin(), kRoles.end(), command.role) == kRoles.end()) {
    check.add("/role", "unknown_role", "роль — одна из: decides, influences, pays",
              "a role is one of: decides, influences, pays");
  }
  TRY(check.result());
  const auto known = state.decision_map.find(command.person);
  const bool present = known != state.decision_map.end();
  if (command.role.empty() && !present) return Events{};
  if (present && known->second == Decider{command.role, command.order}) return Events{};
  if (!present && state.decision_map.size() >= kDecisionMapPlaces) {
    return refuse(language, ErrorKind::kTooLarge, "too_many_deciders",
                  fmt::format("в карте решений не больше {} мест", kDecisionMapPlaces),
                  fmt::format("a decision map has at most {} places", kDecisionMapPlaces));
  }
  v1::CompanyDecisionMapChanged event;
  event.set_person(command.person);
  event.set_role(command.role);
  event.set_order(command.role.empty() ? 0 : command.order);
  return Events{make_event(std::move(event), {open_tag(command.person)})};
}

Result<Merged> decide(const State& loser, const State& winner, const MergeCompanies& command,
                      Language language) {
  if (command.loser == command.winner) {
    return refuse(language, ErrorKind::kInvalid, "same_company",
                  "компанию нельзя объединить с ней самой",
                  "a company cannot be merged into itself");
  }
  TRY(require_active(loser, language));
  TRY(require_active(winner, language));
  if (!loser.tax_id.empty() && !winner.tax_id.empty() && loser.tax_id != winner.tax_id) {
    return refuse(
        language, ErrorKind::kConflict, "tax_ids_differ",
        "у этих компаний разные налоговые номера: это две компании; сначала исправьте номер",
        "these companies have different tax ids: they are two; correct a tax id first");
  }
  v1::CompanyMerged merged;
  merged.set_into(command.winner);
  auto released = tags_of(loser.tax_id, "");
  released.push_back(open_tag(command.winner));
  Merged out;
  out.of_loser.push_back(make_event(std::move(merged), std::move(released)));

  if (winner.tax_id.empty() && !loser.tax_id.empty()) {
    change_tax_id(out.of_winner, winner, loser.tax_id);
  }
  auto accounts = winner.bank_accounts;
  for (const auto& account : loser.bank_accounts) {
    if (std::find(accounts.begin(), accounts.end(), account) == accounts.end()) {
      accounts.push_back(account);
    }
  }
  if (accounts.size() > std::max(kBankAccounts, winner.bank_accounts.size())) {
    accounts.resize(std::max(kBankAccounts, winner.bank_accounts.size()));
  }
  if (accounts.size() != winner.bank_accounts.size()) {
    v1::CompanyDetailsChanged event;
    event.set_bank_accounts_changed(true);
    for (const auto& account : accounts) event.add_bank_accounts(account);
    out.of_winner.push_back(make_event(std::move(event)));
  }
  for (const auto& [person, decider] : loser.decision_map) {
    if (winner.decision_map.contains(person)) continue;
    v1::CompanyDecisionMapChanged event;
    event.set_person(person);
    event.set_role(decider.role);
    event.set_order(decider.order);
    out.of_winner.push_back(make_event(std::move(event), {open_tag(person)}));
  }
  return out;
}

}  // namespace dealog::company
