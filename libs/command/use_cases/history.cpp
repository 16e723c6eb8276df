#include "libs/command/use_cases/history.hpp"

#include "libs/command/use_cases/deal_surroundings.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/common/not_found.hpp"
#include "libs/domain/deal/decide.hpp"
#include "libs/domain/person/person.hpp"

namespace dealog::use_cases {
namespace {

using deal::State;

Result<void> require_person(Unit& unit, const PersonId& person) {
  const auto* state = TRY(unit.glance<person::State>(person.text()));
  if (state->exists()) return {};
  InputCheck check(unit.language());
  check.add("/person", "person_not_found", "нет человека " + person.text(),
            "there is no person " + person.text());
  Error error = check.result().error();
  error.kind = ErrorKind::kUnprocessable;
  return fail(std::move(error));
}

Result<deal::Events> decide_fact(Unit& unit, const StreamName& stream,
                                 const deal::RecordTouch& touch) {
  const auto* state = TRY(unit.glance<State>(stream));
  if (!state->exists()) return not_found(unit.language(), "deal", stream);
  if (touch.person) TRY(require_person(unit, *touch.person));
  const auto around = TRY(surroundings_of(unit, state->pipeline, nullptr, false, unit.language()));
  return deal::decide(*state, touch, around.context);
}

Result<deal::Events> decide_fact(Unit& unit, const StreamName& stream,
                                 const deal::ReportDealStage& report) {
  const auto* state = TRY(unit.load<State>(stream));
  if (!state->exists()) return not_found(unit.language(), "deal", stream);
  const Parties parties = parties_of(*state);
  const auto around = TRY(surroundings_of(unit, state->pipeline, &parties, true, unit.language()));
  return deal::decide(*state, report, around.context);
}

}  // namespace

Result<void> record_fact(Unit& unit, const HistoricalFact& fact) {
  const StreamName stream = fact.deal.text();
  auto events = TRY(std::visit(
      [&](const auto& command) { return decide_fact(unit, stream, command); }, fact.fact));
  if (!events.empty()) events.front().id = fact.event_id;
  unit.emit(stream, std::move(events));
  return {};
}

}  // namespace dealog::use_cases
