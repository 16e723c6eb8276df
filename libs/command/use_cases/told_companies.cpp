#include "libs/command/use_cases/told_companies.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "dealog/v1/deal_events.pb.h"
#include "dealog/v1/party_events.pb.h"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/companies.hpp"
#include "libs/command/use_cases/conversations.hpp"
#include "libs/command/use_cases/people.hpp"
#include "libs/domain/company/company.hpp"

namespace dealog::use_cases {
namespace {

using company::State;

std::vector<Tag> tags_of(const Unit& unit, const ToldCompany& told) {
  std::vector<Tag> tags;
  for (const auto& thread : told.threads) tags.push_back(thread_tag(unit, thread));
  return tags;
}

// Deals that were opened before carry the thread of their company themselves.
std::string company_in(const StreamName& stream, const RecordedEvent* event) {
  if (stream.starts_with(CompanyId::prefix())) return stream;
  const auto* opened = event != nullptr ? event->as<v1::DealOpened>() : nullptr;
  return opened != nullptr ? opened->company() : "";
}

Result<std::optional<CompanyId>> find_told(Unit& unit, const std::vector<Tag>& tags) {
  for (const auto& tag : tags) {
    std::string known;
    if (const auto here = unit.emitted_with_tag(tag)) known = company_in(*here, nullptr);
    if (known.empty()) {
      const auto last = TRY(unit.hold_tag(tag));
      if (last) known = company_in(last->stream, &*last);
    }
    if (const auto id = CompanyId::parse(known)) return TRY(resolve_company(unit, *id));
  }
  return std::nullopt;
}

// As it is compared; "" for none and for what is none.
std::string tax_id_of(const Unit& unit, const ToldCompany& told) {
  return company::normalise_tax_id(told.tax_id, unit.language()).value_or("");
}

Result<CompanyId> register_told(Unit& unit, const ToldCompany& told, std::vector<Tag> tags) {
  const auto id = unit.new_id<CompanyId>(fmt::format("told company/{}", unit.emitted().size()));
  const State* state = TRY(unit.load<State>(id.text()));
  auto events = TRY(company::decide(
      *state, company::RegisterCompany{told.name, tax_id_of(unit, told), {}}, unit.language()));
  std::ranges::move(tags, std::back_inserter(events.front().tags));
  unit.emit(id.text(), std::move(events));
  return id;
}

}  // namespace

Result<std::optional<CompanyId>> claimant_of(Unit& unit, std::string_view tax_id) {
  const auto normalised = company::normalise_tax_id(tax_id, unit.language());
  const auto tag = normalised ? company::identifying_tag(*normalised) : std::nullopt;
  if (!tag) return std::nullopt;
  auto known = unit.emitted_with_tag(*tag);
  if (!known) known = company::claimant(TRY(unit.hold_tag(*tag)));
  if (!known) return std::nullopt;
  const auto id = TRY(CompanyId::parse(*known));
  return TRY(resolve_company(unit, id));
}

Result<CompanyId> find_or_register_told(Unit& unit, const ToldCompany& told) {
  auto tags = tags_of(unit, told);
  if (const auto known = TRY(find_told(unit, tags))) return *known;
  if (const auto claimant = TRY(claimant_of(unit, tax_id_of(unit, told)))) return *claimant;
  return register_told(unit, told, std::move(tags));
}

Result<CompanyId> accept_company_card(Unit& unit, const ToldCompany& told) {
  auto tags = tags_of(unit, told);
  const auto known = TRY(find_told(unit, tags));
  const std::string tax_id = tax_id_of(unit, told);
  const auto claimant = TRY(claimant_of(unit, tax_id));
  if (!known && !claimant) return register_told(unit, told, std::move(tags));
  const CompanyId id = known ? *known : *claimant;
  const State* state = TRY(unit.load<State>(id.text()));
  company::ChangeCompanyDetails change;
  if (known) change.name = told.name;  // one that is known by its tax id has its name from us
  if (state->tax_id.empty() && !tax_id.empty() && !claimant) change.tax_id = tax_id;
  auto events = TRY(company::decide(*state, change, unit.language()));
  // Its number is remembered also where nothing else is new.
  if (events.empty() && !TRY(unit.hold_tag(tags.front()))) {
    v1::CompanyDetailsChanged named;
    named.set_name(state->name);
    events.push_back(make_event(std::move(named)));
  }
  if (!events.empty()) {
    std::ranges::move(tags, std::back_inserter(events.front().tags));
    unit.emit(id.text(), std::move(events));
  }
  return id;
}

Result<void> introduce_employer(Unit& unit, const PersonId& person, const CompanyId& company) {
  const auto* state = TRY(unit.load<person::State>(person.text()));
  if (!state->company.empty() || state->erased || !state->merged_into.empty()) return {};
  return change_person(unit, person, {.details = {.company = company.text()}});
}

}  // namespace dealog::use_cases
