#include "libs/command/use_cases/companies.hpp"

#include <fmt/format.h>

#include "libs/domain/common/refusal.hpp"

namespace dealog::use_cases {
namespace {

using company::State;

constexpr int kMergeHops = 16;

Result<std::optional<StreamName>> hold_claimant(Unit& unit, std::string_view tax_id) {
  const auto tag = company::identifying_tag(tax_id);
  if (!tag) return std::nullopt;
  if (auto here = unit.emitted_with_tag(*tag)) return here;
  return company::claimant(TRY(unit.hold_tag(*tag)));
}

Result<std::string> tax_id_of(std::string_view typed, std::string_view pointer, Language language) {
  auto tax_id = company::normalise_tax_id(typed, language);
  if (tax_id) return tax_id;
  InputCheck check(language);
  add_error(check, fmt::format("{}/tax_id", pointer), tax_id.error());
  return fail(check.result().error());
}

Result<CompanyId> register_new(Unit& unit, const CompanyInput& input, std::string_view pointer) {
  const auto id = unit.new_id<CompanyId>(fmt::format("company/{}", unit.emitted().size()));
  const State* state = TRY(unit.load<State>(id.text()));
  auto events = company::decide(
      *state, company::RegisterCompany{input.name, input.tax_id, input.bank_accounts},
      unit.language());
  if (!events) {
    for (auto& field : events.error().fields) field.pointer.insert(0, pointer);
    return fail(std::move(events).error());
  }
  unit.emit(id.text(), std::move(*events));
  return id;
}

std::unexpected<Error> company_exists(const StreamName& claimant, Language language) {
  return fail(Error{.kind = ErrorKind::kConflict,
                    .code = "company_exists",
                    .message = std::string(in(language, "этот налоговый номер принадлежит ",
                                              "this tax id belongs to ")) +
                               claimant,
                    .data = fmt::format(R"({{"company":"{}"}})", claimant)});
}

}  // namespace

Result<FoundCompany> find_or_register_company(Unit& unit, const CompanyInput& input,
                                              std::string_view pointer) {
  const auto tax_id = TRY(tax_id_of(input.tax_id, pointer, unit.language()));
  if (const auto known = TRY(hold_claimant(unit, tax_id))) {
    return FoundCompany{TRY(CompanyId::parse(*known)), false};
  }
  return FoundCompany{TRY(register_new(unit, input, pointer)), true};
}

Result<CompanyId> register_company(Unit& unit, const CompanyInput& input) {
  const auto tax_id = TRY(tax_id_of(input.tax_id, "", unit.language()));
  if (const auto known = TRY(hold_claimant(unit, tax_id)))
    return company_exists(*known, unit.language());
  return register_new(unit, input, "");
}

Result<void> change_company(Unit& unit, const CompanyId& id,
                            const company::ChangeCompanyDetails& change) {
  const StreamName stream = id.text();
  if (change.tax_id) {
    const auto tax_id = TRY(tax_id_of(*change.tax_id, "", unit.language()));
    const auto known = TRY(hold_claimant(unit, tax_id));
    if (known && *known != stream) return company_exists(*known, unit.language());
  }
  const State* state = TRY(unit.load<State>(stream));
  unit.emit(stream, TRY(company::decide(*state, change, unit.language())));
  return {};
}

Result<void> change_decision_map(Unit& unit, const CompanyId& id,
                                 const company::ChangeDecisionMap& change) {
  const State* state = TRY(unit.load<State>(id.text()));
  unit.emit(id.text(), TRY(company::decide(*state, change, unit.language())));
  return {};
}

Result<void> merge_companies(Unit& unit, const CompanyId& loser, const CompanyId& winner) {
  const State* losing = TRY(unit.load<State>(loser.text()));
  const State* winning = TRY(unit.load<State>(winner.text()));
  auto merged = TRY(company::decide(
      *losing, *winning, company::MergeCompanies{loser.text(), winner.text()}, unit.language()));
  const auto cause = unit.emit(loser.text(), std::move(merged.of_loser));
  unit.emit(winner.text(), std::move(merged.of_winner), cause);
  return {};
}

Result<CompanyId> resolve_company(Unit& unit, const CompanyId& id) {
  StreamName stream = id.text();
  for (int hop = 0; hop < kMergeHops; ++hop) {
    const State* state = TRY(unit.glance<State>(stream));
    if (!state->exists()) {
      return refuse(unit.language(), ErrorKind::kNotFound, "company_not_found",
                    "нет компании " + stream, "there is no company " + stream);
    }
    if (state->merged_into.empty()) return CompanyId::parse(stream);
    stream = state->merged_into;
  }
  return fail(ErrorKind::kConflict, "company_merged",
              "company " + stream + " was merged too often");
}

}  // namespace dealog::use_cases
