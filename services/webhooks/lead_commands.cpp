// Leads: somebody wants something.
#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/command/use_cases/reported_deals.hpp"
#include "libs/command/use_cases/signals.hpp"
#include "services/webhooks/fact_parts.hpp"

namespace dealog::webhooks {
namespace {

using connectors::LeadFact;

// What the sender wrote, as the words of the form's touch.
std::string words_of(const LeadFact& lead) {
  std::string words;
  const auto add = [&words](std::string_view name, std::string_view value) {
    if (!value.empty()) words += fmt::format("{}: {}\n", name, value);
  };
  if (!lead.comment.empty()) words += lead.comment + "\n";
  add("Messenger", lead.messenger_hint);
  add("Page", lead.page);
  add("Order", lead.order_id);
  for (const auto& line : lead.lines) {
    add(line.title, line.quantity + (line.options.empty() ? "" : " (" + line.options + ")"));
  }
  for (const auto& [name, value] : lead.answers) add(name, value);
  return cut_text(words, limits::kNoteBytes);
}

// Never the person: a title lies under the deal's key and would outlive the person's erasure.
std::string title_of(const LeadFact& lead) {
  for (const std::string* text : {&lead.title, &lead.form_id}) {
    if (!text->empty()) return cut_text(*text, limits::kTitleBytes);
  }
  return "Заявка";
}

std::map<std::string, std::string> campaign_of(const LeadFact& lead) {
  std::map<std::string, std::string> campaign;
  for (const auto& [name, value] : lead.utm) {
    if (campaign.size() >= limits::kCustomFields) break;
    campaign[cut_text(name, limits::kCodeBytes)] = cut_text(value, limits::kTitleBytes);
  }
  if (!lead.form_id.empty()) campaign["form_id"] = cut_text(lead.form_id, limits::kTitleBytes);
  return campaign;
}

use_cases::OpenDealInput lead_input(const FactAt& at, const LeadFact& lead) {
  use_cases::OpenDealInput input = open_deal_input(at, title_of(lead), lead.person);
  input.deal.amount = lead.amount;
  input.deal.campaign = campaign_of(lead);
  if (const auto owner = at.user(lead.owner)) {
    input.deal.owner = *owner;
    input.deal.owner_stands_in = false;
  }
  if (!lead.company.empty()) {
    input.company = use_cases::CompanyInput{.name = cut_text(lead.company, limits::kTitleBytes)};
  }
  if (at.arrivals().known_open_another) input.on_open_deal = use_cases::OnOpenDeal::kOpenAnother;
  return input;
}

// The deal stands in another CRM, and its stage there is told from now on.
FactCommand reported_lead(const FactAt& at, const LeadFact& lead) {
  use_cases::ReportedDeal reported{.thread = at.own("deal", at.fact.external_id),
                                   .open = lead_input(at, lead),
                                   .occurred_at = at.occurred().at};
  reported.open.deal.stage = at.stage(*lead.stage);
  if (!lead.company.empty()) reported.company_thread = company_thread(at, lead.company);
  reported.open.deal.origin = at.source.state.provider;
  reported.open.on_open_deal = use_cases::OnOpenDeal::kOpenAnother;
  return {"report_lead", reported.thread, [reported](Unit& unit) -> Result<void> {
            TRY(use_cases::report_deal(unit, reported));
            return {};
          }};
}

// News about a deal that is there.
FactCommand signal_command(const FactAt& at, const LeadFact& lead) {
  use_cases::ArrivedSignal arrived{.signal = lead.signal,
                                   .source = at.source.id.text(),
                                   .pipeline = open_deal_input(at, "", lead.person).pipeline,
                                   .person = person_of(lead.person, at.source)};
  const auto deal = DealId::parse(lead.deal);
  if (deal) arrived.deal = *deal;
  const bool named = !lead.deal.empty();
  return {"accept_signal", deal ? deal->text() : lane_of(at, lead.person),
          [arrived = std::move(arrived), named](Unit& unit) -> Result<void> {
            if (named && !arrived.deal) {
              return fail(ErrorKind::kUnprocessable, "deal_not_found",
                          "what the mapping gives as `deal` is no id of a deal (deal_…)");
            }
            TRY(use_cases::receive_signal(unit, arrived));
            return {};
          }};
}

}  // namespace

FactCommand lead_command(const FactAt& at, const LeadFact& lead) {
  if (!lead.signal.empty()) return signal_command(at, lead);
  if (lead.stage) return reported_lead(at, lead);
  use_cases::OpenDealInput input = lead_input(at, lead);
  input.touch = deal::RecordTouch{.kind = "form",
                                  .direction = "in",
                                  .outcome = "received",
                                  .said = words_of(lead),
                                  .occurred = at.occurred()};
  return {"accept_lead", lane_of(at, lead.person),
          [input = std::move(input)](Unit& unit) -> Result<void> {
            TRY(use_cases::open_deal(unit, input));
            return {};
          }};
}

}  // namespace dealog::webhooks
