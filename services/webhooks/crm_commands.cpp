// What another CRM tells of its deals and people.
#include <algorithm>

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/command/use_cases/conversations.hpp"
#include "libs/command/use_cases/reported_deals.hpp"
#include "libs/command/use_cases/told_companies.hpp"
#include "libs/connectors/arrival_settings.hpp"
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

// The deal here that another CRM's deal is.
Result<DealId> deal_of_thread(Unit& unit, const std::string& thread) {
  const auto last = TRY(unit.hold_tag(use_cases::thread_tag(unit, thread)));
  if (last && last->stream.starts_with("deal_")) return DealId::parse(last->stream);
  return fail(ErrorKind::kUnprocessable, "deal_not_imported",
              "the deal that it belongs to is not here: import the deals first, then this again");
}

use_cases::ToldCompany company_named(const FactAt& at, const std::string& name) {
  return {.name = cut_text(name, limits::kTitleBytes), .threads = {company_thread(at, name)}};
}

}  // namespace

std::string company_thread(const FactAt& at, const std::string& name) {
  return at.own("company", name);
}

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
  if (fact.opened_at) reported.opened_at = std::min(*fact.opened_at, reported.occurred_at);
  reported.open.deal.stage = at.stage(fact.stage);
  reported.open.deal.origin = at.source.state.provider;
  reported.open.deal.amount = fact.amount;
  reported.open.on_open_deal = use_cases::OnOpenDeal::kOpenAnother;
  if (!fact.company.empty()) {
    reported.open.company =
        use_cases::CompanyInput{.name = cut_text(fact.company, limits::kTitleBytes)};
    reported.company_thread = company_thread(at, fact.company);
  }
  if (const auto owner = at.user(fact.owner)) reported.open.deal.owner = *owner;
  const bool unknown = connectors::lacks_stage(at.arrivals(), fact.stage);
  return {"report_stage", reported.thread,
          [reported, unknown, place = fact.stage](Unit& unit) -> Result<void> {
            if (unknown) return fail(connectors::stage_not_mapped(place));
            TRY(use_cases::report_deal(unit, reported));
            return {};
          }};
}

FactCommand logged_command(const FactAt& at, const connectors::LoggedFact& logged) {
  const std::string thread = at.own("deal", logged.deal);
  deal::RecordTouch touch{.kind = logged.kind,
                          .direction = logged.direction,
                          .outcome = logged.outcome,
                          .duration_s = logged.duration_s,
                          .note = logged.text,
                          .id = TouchId(Uuid::derived(at.source.id.uuid(), at.fact.key)),
                          .occurred = at.occurred()};
  return {"record_logged", thread, [thread, touch](Unit& unit) -> Result<void> {
            const DealId deal = TRY(deal_of_thread(unit, thread));
            return use_cases::change_deal(unit, deal, touch);
          }};
}

// Of a deal that is closed here nothing is left to do.
FactCommand task_command(const FactAt& at, const connectors::TaskFact& task) {
  const std::string thread = at.own("deal", task.deal);
  deal::CreateTask create{.kind = task.kind,
                          .title = cut_text(task.title, limits::kTitleBytes),
                          .assignee = at.user(task.owner),
                          .due = {.at = task.due ? task.due : at.fact.occurred_at},
                          .id = TaskId(Uuid::derived(at.source.id.uuid(), at.fact.key))};
  return {"plan_logged", thread, [thread, create](Unit& unit) -> Result<void> {
            const DealId deal = TRY(deal_of_thread(unit, thread));
            if (!TRY(unit.load<deal::State>(deal.text()))->is_open()) return {};
            return use_cases::change_deal(unit, deal, create);
          }};
}

FactCommand contact_command(const FactAt& at, const connectors::ContactFact& contact) {
  auto person = person_of(contact.person, at.source);
  std::optional<use_cases::ToldCompany> employer;
  if (!contact.company.empty()) employer = company_named(at, contact.company);
  return {"accept_contact", lane_of(at, contact.person),
          [person = std::move(person), employer](Unit& unit) -> Result<void> {
            const auto found = TRY(use_cases::find_or_register_person(unit, person));
            if (!employer) return {};
            const auto company = TRY(use_cases::find_or_register_told(unit, *employer));
            return use_cases::introduce_employer(unit, found.person, company);
          }};
}

FactCommand company_command(const FactAt& at, const connectors::ContactFact& card) {
  auto told = company_named(at, card.company);
  told.threads.insert(told.threads.begin(), at.own("company card", at.fact.external_id));
  told.tax_id = card.person.id("inn");
  return {"accept_company", told.threads.back(), [told](Unit& unit) -> Result<void> {
            TRY(use_cases::accept_company_card(unit, told));
            return {};
          }};
}

}  // namespace dealog::webhooks
