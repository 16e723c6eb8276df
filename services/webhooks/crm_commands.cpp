// What another CRM tells of its deals and people.
#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/command/use_cases/reported_deals.hpp"
#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {
namespace {

using connectors::StageFact;

std::optional<deal::Outcome> outcome_of(const StageFact& fact) {
  if (fact.stage.outcome == "won") return deal::Outcome::kWon;
  if (fact.stage.outcome == "lost") return deal::Outcome::kLost;
  if (fact.stage.to.empty() && fact.stage.status_to.empty()) return std::nullopt;
  return deal::Outcome::kOpen;
}

// A stage that is named there and has no counterpart here is not guessed.
std::unexpected<Error> not_mapped(const connectors::StagePlace& place) {
  return fail(ErrorKind::kUnprocessable, "stage_not_mapped",
              fmt::format("stage {}/{} has no counterpart here: name it in the source's setting "
                          "`stages` and replay the delivery",
                          place.pipeline, place.to));
}

}  // namespace

FactCommand stage_command(const FactAt& at, const StageFact& fact) {
  use_cases::ReportedDeal reported{
      .thread = at.own("deal", at.fact.external_id),
      .open = open_deal_input(at,
                              fact.title.empty() ? "Сделка " + at.fact.external_id
                                                 : cut_text(fact.title, limits::kTitleBytes),
                              fact.person),
      .outcome = outcome_of(fact),
      .lost_reason = at.arrivals().lost_reason,
      .occurred_at = at.occurred().at};
  reported.open.deal.stage = at.stage(fact.stage);
  reported.open.deal.origin = at.source.state.provider;
  reported.open.deal.amount = fact.amount;
  reported.open.on_open_deal = use_cases::OnOpenDeal::kOpenAnother;
  if (!fact.company.empty()) {
    reported.open.company =
        use_cases::CompanyInput{.name = cut_text(fact.company, limits::kTitleBytes)};
    reported.company_thread = at.own("company", fact.company);
  }
  if (const auto owner = at.user(fact.owner)) reported.open.deal.owner = *owner;
  const bool open = reported.outcome == deal::Outcome::kOpen;
  const bool unknown = open && !fact.stage.to.empty() && reported.open.deal.stage.empty();
  return {"report_stage", reported.thread,
          [reported, unknown, place = fact.stage](Unit& unit) -> Result<void> {
            if (unknown) return not_mapped(place);
            TRY(use_cases::report_deal(unit, reported));
            return {};
          }};
}

FactCommand contact_command(const FactAt& at, const connectors::ContactFact& contact) {
  auto person = person_of(contact.person, at.source);
  return {"accept_contact", lane_of(at, contact.person),
          [person = std::move(person)](Unit& unit) -> Result<void> {
            TRY(use_cases::find_or_register_person(unit, person));
            return {};
          }};
}

}  // namespace dealog::webhooks
