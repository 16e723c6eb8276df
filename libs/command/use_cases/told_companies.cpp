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

Result<CompanyId> register_told(Unit& unit, const ToldCompany& told, std::vector<Tag> tags) {
  const auto id = unit.new_id<CompanyId>(fmt::format("told company/{}", unit.emitted().size()));
  const State* state = TRY(unit.load<State>(id.text()));
  auto events =
      TRY(company::decide(*state, company::RegisterCompany{told.name, "", {}}, unit.language()));
  std::ranges::move(tags, std::back_inserter(events.front().tags));
  unit.emit(id.text(), std::move(events));
  return id;
}

}  // namespace

Result<CompanyId> find_or_register_told(Unit& unit, const ToldCompany& told) {
  auto tags = tags_of(unit, told);
  if (const auto known = TRY(find_told(unit, tags))) return *known;
  return register_told(unit, told, std::move(tags));
}

Result<CompanyId> accept_company_card(Unit& unit, const ToldCompany& told) {
  auto tags = tags_of(unit, told);
  const auto known = TRY(find_told(unit, tags));
  if (!known) return register_told(unit, told, std::move(tags));
  const State* state = TRY(unit.load<State>(known->text()));
  auto events = TRY(
      company::decide(*state, company::ChangeCompanyDetails{.name = told.name}, unit.language()));
  // Its number is remembered also where the name was known already.
  if (events.empty() && !TRY(unit.hold_tag(tags.front()))) {
    v1::CompanyDetailsChanged named;
    named.set_name(state->name);
    events.push_back(make_event(std::move(named)));
  }
  if (!events.empty()) {
    std::ranges::move(tags, std::back_inserter(events.front().tags));
    unit.emit(known->text(), std::move(events));
  }
  return *known;
}

Result<void> introduce_employer(Unit& unit, const PersonId& person, const CompanyId& company) {
  const auto* state = TRY(unit.load<person::State>(person.text()));
  if (!state->company.empty() || state->erased || !state->merged_into.empty()) return {};
  return change_person(unit, person, {.details = {.company = company.text()}});
}

}  // namespace dealog::use_cases
