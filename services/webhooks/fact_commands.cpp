#include "services/webhooks/fact_commands.hpp"

#include <fmt/format.h>

#include "libs/base/limits.hpp"
#include "libs/base/text.hpp"
#include "libs/command/use_cases/deals.hpp"
#include "libs/command/use_cases/payments.hpp"

namespace dealog::webhooks {
namespace {

using connectors::Fact;
using connectors::LeadFact;
using connectors::PaymentFact;
using connectors::RefundFact;

constexpr std::string_view kDefaultPipeline = "web-studio";

// A provider's clock may run ahead of ours; a fact from the future would be refused.
Timestamp occurred_of(const Fact& fact, Timestamp received_at) {
  return fact.occurred_at ? std::min(*fact.occurred_at, received_at) : received_at;
}

std::string cut(std::string_view text, std::size_t max_bytes) {
  return std::string(utf8_prefix(trim(text), max_bytes));
}

use_cases::PersonInput person_of(const connectors::Contact& contact,
                                 const ConnectedSource& source) {
  use_cases::PersonInput person{.name = cut(contact.name, limits::kTitleBytes),
                                .contacts = {},
                                .country = source.settings.country,
                                .source = source.id.text()};
  if (!contact.email.empty()) person.contacts.push_back({"email", contact.email});
  const std::string& phone = contact.phone_valid ? contact.phone : contact.phone_raw;
  if (!phone.empty()) person.contacts.push_back({"phone", phone});
  return person;
}

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
  return cut(words, limits::kNoteBytes);
}

// Never the person: a title lies under the deal's key and would outlive the person's erasure.
std::string title_of(const LeadFact& lead) {
  for (const std::string* text : {&lead.title, &lead.form_id}) {
    if (!text->empty()) return cut(*text, limits::kTitleBytes);
  }
  return "Заявка";
}

std::map<std::string, std::string> campaign_of(const LeadFact& lead) {
  std::map<std::string, std::string> campaign;
  for (const auto& [name, value] : lead.utm) {
    if (campaign.size() >= limits::kCustomFields) break;
    campaign[cut(name, limits::kCodeBytes)] = cut(value, limits::kTitleBytes);
  }
  if (!lead.form_id.empty()) campaign["form_id"] = cut(lead.form_id, limits::kTitleBytes);
  return campaign;
}

use_cases::OpenDealInput lead_input(const Fact& fact, const LeadFact& lead,
                                    const ConnectedSource& source, Timestamp received_at,
                                    const std::optional<UserId>& fallback_owner) {
  const OccurredAt occurred{.at = occurred_of(fact, received_at), .date = {}, .time_zone = ""};
  use_cases::OpenDealInput input;
  input.deal.title = title_of(lead);
  input.deal.amount = lead.amount;
  const auto owner = UserId::parse(source.settings.owner);
  input.deal.owner = owner ? std::optional(*owner) : fallback_owner;
  input.deal.source = source.id.text();
  input.deal.campaign = campaign_of(lead);
  input.pipeline =
      source.settings.pipeline.empty() ? std::string(kDefaultPipeline) : source.settings.pipeline;
  if (!lead.person.empty()) {
    input.person = person_of(lead.person, source);
  }
  if (!lead.company.empty()) {
    input.company = use_cases::CompanyInput{.name = cut(lead.company, limits::kTitleBytes)};
  }
  input.on_open_deal = use_cases::OnOpenDeal::kTouch;
  input.touch = deal::RecordTouch{.kind = "form",
                                  .direction = "in",
                                  .outcome = "received",
                                  .said = words_of(lead),
                                  .occurred = occurred};
  return input;
}

// "Оплата по счёту 2026-17" names invoice 2026-17: four digits, a dash, digits.
std::string invoice_number_in(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return at < text.size() && text[at] >= '0' && text[at] <= '9';
  };
  for (std::size_t dash = 4; dash < text.size(); ++dash) {
    if (text[dash] != '-' || !digit(dash + 1)) continue;
    if (!digit(dash - 1) || !digit(dash - 2) || !digit(dash - 3) || !digit(dash - 4)) continue;
    if (dash > 4 && digit(dash - 5)) continue;
    std::size_t end = dash + 1;
    while (digit(end)) ++end;
    if (end - dash > 10) continue;
    return std::string(text.substr(dash - 4, end - dash + 4));
  }
  return {};
}

payment::ReceivePayment payment_input(const Fact& fact, const PaymentFact& paid,
                                      const ConnectedSource& source, Timestamp received_at) {
  payment::ReceivePayment command{.provider = source.state.provider,
                                  .external_id = fact.external_id,
                                  .amount = paid.amount,
                                  .received_at = occurred_of(fact, received_at),
                                  .purpose = cut(paid.description, limits::kNoteBytes),
                                  .payer = cut(paid.person.name, limits::kTitleBytes),
                                  .source = source.id.text(),
                                  .test = paid.test};
  if (InvoiceId::parse(paid.order_id)) {
    command.invoice = paid.order_id;
  } else if (DealId::parse(paid.order_id)) {
    command.deal = paid.order_id;
  } else {
    command.invoice_number = invoice_number_in(paid.order_id);
    if (command.invoice_number.empty()) {
      command.invoice_number = invoice_number_in(paid.description);
    }
    if (command.invoice_number.empty()) {
      command.invoice_number = cut(paid.order_id, limits::kCodeBytes);
    }
  }
  return command;
}

FactCommand lead_command(const Fact& fact, const LeadFact& lead, const ConnectedSource& source,
                         Timestamp received_at, const std::optional<UserId>& fallback_owner) {
  return {"accept_lead", source.id.text() + ":leads",
          [input = lead_input(fact, lead, source, received_at, fallback_owner)](
              Unit& unit) -> Result<void> {
            TRY(use_cases::open_deal(unit, input));
            return {};
          }};
}

FactCommand payment_command(const Fact& fact, const PaymentFact& paid,
                            const ConnectedSource& source, Timestamp received_at) {
  return {"accept_payment", payment::payment_id(source.state.provider, fact.external_id).text(),
          [input = payment_input(fact, paid, source, received_at)](Unit& unit) -> Result<void> {
            TRY(use_cases::receive_payment(unit, input));
            return {};
          }};
}

FactCommand refund_command(const Fact& fact, const RefundFact& refund,
                           const ConnectedSource& source, Timestamp received_at) {
  const PaymentId payment = payment::payment_id(source.state.provider, refund.payment_id);
  payment::RefundPayment command{.external_id = fact.external_id,
                                 .amount = refund.amount,
                                 .refunded_at = occurred_of(fact, received_at),
                                 .reason = cut(refund.description, limits::kNoteBytes)};
  return {"accept_refund", payment.text(), [payment, command = std::move(command)](Unit& unit) {
            return use_cases::refund_payment(unit, payment, command);
          }};
}

}  // namespace

std::optional<FactCommand> command_for(const Fact& fact, const ConnectedSource& source,
                                       Timestamp received_at,
                                       const std::optional<UserId>& fallback_owner) {
  if (const auto* lead = std::get_if<LeadFact>(&fact.content)) {
    return lead_command(fact, *lead, source, received_at, fallback_owner);
  }
  if (const auto* paid = std::get_if<PaymentFact>(&fact.content)) {
    if (paid->status != connectors::PaymentStatus::kPaid || paid->test) return std::nullopt;
    return payment_command(fact, *paid, source, received_at);
  }
  if (const auto* refund = std::get_if<RefundFact>(&fact.content)) {
    return refund_command(fact, *refund, source, received_at);
  }
  return std::nullopt;
}

std::string ignore_reason(const Fact& fact) {
  if (const auto* ignored = std::get_if<connectors::IgnoreFact>(&fact.content)) {
    return ignored->reason;
  }
  if (const auto* payment = std::get_if<PaymentFact>(&fact.content)) {
    if (payment->test) return "test_payment";
    return "payment_" + std::string(connectors::to_text(payment->status));
  }
  return "not_a_fact";
}

}  // namespace dealog::webhooks
