#include "libs/command/use_cases/reported_deals.hpp"

#include "libs/command/use_cases/conversations.hpp"
#include "libs/command/use_cases/told_companies.hpp"

namespace dealog::use_cases {
namespace {

using deal::Outcome;
using deal::State;

OccurredAt occurred(const ReportedDeal& reported) {
  return {.at = reported.occurred_at, .date = {}, .time_zone = ""};
}

// The other CRM names whom a deal is about later than the deal itself.
Result<void> introduce_person(Unit& unit, const DealId& id, const OpenDealInput& told) {
  const auto* person = std::get_if<PersonInput>(&told.person);
  if (!person || !TRY(unit.load<State>(id.text()))->participants.empty()) return {};
  const auto found = TRY(find_or_register_person(unit, *person, "/person"));
  TRY(change_deal(unit, id, deal::SetParticipant{found.person, "contact"}));
  return {};
}

// What is known of the deal anew; the state is read again after each step.
Result<void> bring_up_to_date(Unit& unit, const DealId& id, const ReportedDeal& reported) {
  const StreamName stream = id.text();
  const auto state = [&]() { return unit.load<State>(stream); };
  const deal::OpenDeal& told = reported.open.deal;

  const bool closed_there = reported.outcome && *reported.outcome != Outcome::kOpen;
  if (reported.outcome && !closed_there && !TRY(state())->is_open()) {
    TRY(change_deal(unit, id, deal::ReopenDeal{.occurred = occurred(reported)}));
  }
  if (!told.stage.empty() && TRY(state())->is_open() && TRY(state())->stage() != told.stage) {
    TRY(change_deal(unit, id,
                    deal::ReportDealStage{
                        .to = told.stage, .origin = told.origin, .occurred = occurred(reported)}));
  }
  if (told.amount && TRY(state())->is_open() && TRY(state())->amount != *told.amount) {
    deal::ChangeDealDetails change;
    change.fields.amount = *told.amount;
    TRY(change_deal(unit, id, change));
  }
  if (closed_there && TRY(state())->outcome != *reported.outcome) {
    if (!TRY(state())->is_open()) {
      TRY(change_deal(unit, id, deal::ReopenDeal{.occurred = occurred(reported)}));
    }
    TRY(change_deal(unit, id,
                    deal::ReportDealOutcome{.won = *reported.outcome == Outcome::kWon,
                                            .reason = reported.lost_reason,
                                            .origin = told.origin,
                                            .occurred = occurred(reported)}));
  }
  return {};
}

// The company that the other CRM's name stands for.
Result<void> find_company(Unit& unit, const ReportedDeal& reported, OpenDealInput& open) {
  const auto* told = std::get_if<CompanyInput>(&open.company);
  if (told == nullptr || reported.company_thread.empty()) return {};
  open.company =
      TRY(find_or_register_told(unit, {.name = told->name, .threads = {reported.company_thread}}));
  return {};
}

// Told of later than the deal itself, as with its person.
Result<void> introduce_company(Unit& unit, const DealId& id, const ReportedDeal& reported) {
  const auto* state = TRY(unit.load<State>(id.text()));
  if (!state->is_open() || !state->company.is_nil()) return {};
  OpenDealInput told = reported.open;
  TRY(find_company(unit, reported, told));
  const auto* company = std::get_if<CompanyId>(&told.company);
  if (company == nullptr) return {};
  return change_deal(unit, id, deal::LinkCompany{*company});
}

}  // namespace

Result<RecordedDeal> report_deal(Unit& unit, const ReportedDeal& reported) {
  const Tag tag = thread_tag(unit, reported.thread);
  const auto last = TRY(unit.hold_tag(tag));
  if (last && last->stream.starts_with("deal_")) {
    const DealId id = TRY(DealId::parse(last->stream));
    TRY(introduce_person(unit, id, reported.open));
    TRY(introduce_company(unit, id, reported));
    const auto* state = TRY(unit.load<State>(last->stream));
    if (reported.occurred_at < state->last_move_at) return RecordedDeal{id, false, true};
    TRY(bring_up_to_date(unit, id, reported));
    return RecordedDeal{id, false, false};
  }
  OpenDealInput open = reported.open;
  open.deal.tags.push_back(tag);
  open.deal.reported = true;
  TRY(find_company(unit, reported, open));
  open.deal.occurred = occurred(reported);
  if (reported.opened_at) {
    open.deal.stage.clear();
    open.deal.occurred = OccurredAt{.at = *reported.opened_at, .date = {}, .time_zone = ""};
  }
  const auto opened = TRY(open_deal(unit, open));
  TRY(bring_up_to_date(unit, opened.deal, reported));
  return RecordedDeal{opened.deal, true, false};
}

}  // namespace dealog::use_cases
