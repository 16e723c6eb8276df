#include "projections/contacts/contacts_projector.hpp"

#include <algorithm>

#include "dealog/v1/views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/row_keys.hpp"
#include "libs/projection/sealed_text.hpp"
#include "projections/contacts/party_fold.hpp"

namespace dealog::views {
namespace {

struct PartyChange {
  ViewBatch& batch;
  const KeyRing& keys;
  std::string id;
};
using PartyHandlers = EventHandlers<PartyChange>;

v1::PersonRow& person_row(const RecordedEvent& event, PartyChange& change) {
  auto& row = change.batch.edit<v1::PersonRow>(row_keys::key(row_keys::kPerson, event.stream));
  row.set_person(event.stream);
  row.set_version(event.version.value);
  row.set_updated_us(event.recorded.us);
  return row;
}

v1::CompanyRow& company_row(const RecordedEvent& event, PartyChange& change) {
  auto& row = change.batch.edit<v1::CompanyRow>(row_keys::key(row_keys::kCompany, event.stream));
  row.set_company(event.stream);
  row.set_version(event.version.value);
  row.set_updated_us(event.recorded.us);
  return row;
}

// Makes the index say that `id` is found by exactly these tokens.
void set_tokens(PartyChange& change, const std::string& id, const Tokens& tokens) {
  const auto list_key = row_keys::key(row_keys::kTokensOf, id);
  const auto token_key = [&](const std::string& token) {
    return row_keys::key(row_keys::kToken, token, id);
  };
  auto& list = change.batch.edit<v1::TokensRow>(list_key);
  for (const auto& old : list.tokens()) {
    if (!tokens.contains(old)) change.batch.erase(token_key(old));
  }
  const Tokens known(list.tokens().begin(), list.tokens().end());
  for (const auto& token : tokens) {
    if (!known.contains(token)) change.batch.put(token_key(token), "");
  }
  if (tokens.empty()) {
    change.batch.erase(list_key);
  } else {
    list.mutable_tokens()->Assign(tokens.begin(), tokens.end());
  }
}

template <class Fold, class Row>
void renew_tokens(PartyChange& change, const std::string& id, const Row& row) {
  const BoxOpener opener(change.keys, PersonalView::kShown);
  Fold fold;
  for (const auto& facts : row.facts()) {
    const auto opened = opener.open(facts);
    if (opened.state() == TextState::kShown) fold.apply(*opened.message());
  }
  set_tokens(change, id, fold.tokens());
}

template <class Row>
bool keep_facts(const RecordedEvent& event, Row& row) {
  if (event.boxes.empty()) return false;
  keep_boxes(event, *row.add_facts());
  return true;
}

// Who was erased or is another one by now is found by nothing, whatever still comes for him.
void keep_person_facts(const RecordedEvent& event, PartyChange& change, v1::PersonRow& row) {
  if (row.erased() || !keep_facts(event, row) || !row.merged_into().empty()) return;
  renew_tokens<PersonFold>(change, event.stream, row);
}

void person_registered(const v1::PersonRegistered& m, const RecordedEvent& event,
                       PartyChange& change) {
  auto& row = person_row(event, change);
  row.set_source(m.source());
  row.set_company(m.company());
  row.set_created_us(event.occurred.at.us);
  keep_person_facts(event, change, row);
}

void person_changed(const v1::PersonDetailsChanged& m, const RecordedEvent& event,
                    PartyChange& change) {
  auto& row = person_row(event, change);
  if (m.has_company()) row.set_company(m.company());
  keep_person_facts(event, change, row);
}

void contact_added(const v1::PersonContactAdded&, const RecordedEvent& event, PartyChange& change) {
  keep_person_facts(event, change, person_row(event, change));
}

void contact_removed(const v1::PersonContactRemoved&, const RecordedEvent& event,
                     PartyChange& change) {
  keep_person_facts(event, change, person_row(event, change));
}

void merge_suggested(const v1::MergeSuggested& m, const RecordedEvent& event, PartyChange& change) {
  auto& row = person_row(event, change);
  const auto& known = row.merge_suggested();
  if (std::ranges::find(known, m.other()) == known.end()) row.add_merge_suggested(m.other());
}

void person_merged(const v1::PersonMerged& m, const RecordedEvent& event, PartyChange& change) {
  person_row(event, change).set_merged_into(m.into());
  set_tokens(change, event.stream, {});
}

void person_absorbed(const v1::PersonAbsorbed& m, const RecordedEvent& event, PartyChange& change) {
  auto& row = person_row(event, change);
  auto& suggested = *row.mutable_merge_suggested();
  suggested.erase(std::remove(suggested.begin(), suggested.end(), m.other()), suggested.end());
  keep_person_facts(event, change, row);
}

void person_erased(const v1::PersonErased&, const RecordedEvent& event, PartyChange& change) {
  auto& row = person_row(event, change);
  row.set_erased(true);
  row.clear_facts();
  row.clear_company();
  row.clear_merge_suggested();
  set_tokens(change, event.stream, {});
  // Deleted tokens are plain text until the files are rewritten.
  change.batch.purge_afterwards(row_keys::kToken);
  change.batch.purge_afterwards(row_keys::kTokensOf);
}

void company_registered(const v1::CompanyRegistered&, const RecordedEvent& event,
                        PartyChange& change) {
  auto& row = company_row(event, change);
  row.set_created_us(event.occurred.at.us);
  if (keep_facts(event, row)) renew_tokens<CompanyFold>(change, event.stream, row);
}

void company_changed(const v1::CompanyDetailsChanged& m, const RecordedEvent& event,
                     PartyChange& change) {
  auto& row = company_row(event, change);
  const bool kept = keep_facts(event, row);
  // A list that was emptied has no box; the accounts before it are out of force.
  if (m.bank_accounts_changed())
    row.set_accounts_from(
        static_cast<std::uint32_t>(kept ? row.facts_size() - 1 : row.facts_size()));
  if (kept) renew_tokens<CompanyFold>(change, event.stream, row);
}

void decision_map_changed(const v1::CompanyDecisionMapChanged& m, const RecordedEvent& event,
                          PartyChange& change) {
  auto& map = *company_row(event, change).mutable_decision_map();
  const auto same_person = [&](const auto& place) { return place.person() == m.person(); };
  map.erase(std::remove_if(map.begin(), map.end(), same_person), map.end());
  if (m.role().empty()) return;
  auto& place = *map.Add();
  place.set_person(m.person());
  place.set_role(m.role());
  place.set_order(m.order());
}

void company_merged(const v1::CompanyMerged& m, const RecordedEvent& event, PartyChange& change) {
  company_row(event, change).set_merged_into(m.into());
  set_tokens(change, event.stream, {});
}

const PartyHandlers& handlers() {
  static const PartyHandlers kHandlers = PartyHandlers()
                                             .on<&person_registered>()
                                             .on<&person_changed>()
                                             .on<&contact_added>()
                                             .on<&contact_removed>()
                                             .on<&merge_suggested>()
                                             .on<&person_merged>()
                                             .on<&person_absorbed>()
                                             .on<&person_erased>()
                                             .on<&company_registered>()
                                             .on<&company_changed>()
                                             .on<&decision_map_changed>()
                                             .on<&company_merged>();
  return kHandlers;
}

}  // namespace

std::string_view ContactsProjector::prefix() const { return row_keys::kContacts; }

void ContactsProjector::apply(const RecordedEvent& event, ViewBatch& batch) {
  if (!handlers().knows(event)) return;
  PartyChange change{batch, keys_, event.stream};
  handlers().apply(event, change);
}

}  // namespace dealog::views
