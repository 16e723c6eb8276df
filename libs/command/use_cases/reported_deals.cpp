#include "libs/command/use_cases/reported_deals.hpp"

#include "dealog/v1/deal_events.pb.h"
#include "libs/command/use_cases/conversations.hpp"

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

// The company that the last deal with the same company there was opened with.
Result<void> find_company(Unit& unit, const ReportedDeal& reported, OpenDealInput& open) {
  if (reported.company_thread.empty()) return {};
  const Tag tag = thread_tag(unit, reported.company_thread);
  const auto last = TRY(unit.hold_tag(tag));
  const auto* opened = last ? last->as<v1::DealOpened>() : nullptr;
  if (const auto id = CompanyId::parse(opened != nullptr ? opened->company() : "")) {
    open.company = *id;
  }
  open.deal.tags.push_back(tag);
  return {};
}

}  // namespace

Result<RecordedDeal> report_deal(Unit& unit, const ReportedDeal& reported) {
  const Tag tag = thread_tag(unit, reported.thread);
  const auto last = TRY(unit.hold_tag(tag));
  if (last && last->stream.starts_with("deal_")) {
    const DealId id = TRY(DealId::parse(last->stream));
    TRY(introduce_person(unit, id, reported.open));
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
  const auto opened = TRY(open_deal(unit, open));
  TRY(bring_up_to_date(unit, opened.deal, reported));
  return RecordedDeal{opened.deal, true, false};
}

}  // namespace dealog::use_cases
