#include "dealog/v1/party_events.pb.h"
#include "libs/domain/company/company.hpp"

namespace dealog::company {
namespace {

void set_accounts(State& state, const google::protobuf::RepeatedPtrField<std::string>& accounts) {
  state.bank_accounts.assign(accounts.begin(), accounts.end());
}

void apply(State& state, const v1::CompanyDetailsChanged& event) {
  if (event.has_name()) state.name = event.name();
  if (event.has_tax_id()) state.tax_id = event.tax_id();
  if (event.bank_accounts_changed()) set_accounts(state, event.bank_accounts());
}

void apply(State& state, const v1::CompanyDecisionMapChanged& event) {
  if (event.role().empty()) {
    state.decision_map.erase(event.person());
  } else {
    state.decision_map[event.person()] = {event.role(), event.order()};
  }
}

}  // namespace

void evolve(State& state, const RecordedEvent& event) {
  state.version = event.version;
  if (const auto* registered = event.as<v1::CompanyRegistered>()) {
    state.name = registered->name();
    state.tax_id = registered->tax_id();
    set_accounts(state, registered->bank_accounts());
  } else if (const auto* changed = event.as<v1::CompanyDetailsChanged>()) {
    apply(state, *changed);
  } else if (const auto* map_changed = event.as<v1::CompanyDecisionMapChanged>()) {
    apply(state, *map_changed);
  } else if (const auto* merged = event.as<v1::CompanyMerged>()) {
    state.merged_into = merged->into();
    state.tax_id.clear();
  }
}

std::optional<StreamName> claimant(const std::optional<RecordedEvent>& last_with_tag) {
  if (!last_with_tag) return std::nullopt;
  if (last_with_tag->as<v1::CompanyRegistered>() != nullptr) return last_with_tag->stream;
  const auto* changed = last_with_tag->as<v1::CompanyDetailsChanged>();
  if (changed == nullptr || !changed->claims_tax_id()) return std::nullopt;
  return last_with_tag->stream;
}

}  // namespace dealog::company
