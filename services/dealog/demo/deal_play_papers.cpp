// The part of a deal's play that is about parties, quotes, documents and money.
#include <algorithm>

#include <fmt/format.h>

#include "libs/command/use_cases/payments.hpp"
#include "libs/domain/deal/vocabulary.hpp"
#include "services/dealog/demo/deal_play.hpp"

namespace dealog::demo {
namespace {

constexpr std::int32_t kDaysToPay = 5;  // of an invoice that is issued again

}  // namespace

Result<void> DealPlay::learn_parties() {
  Desk& desk = crew_.desk;
  const auto person = TRY(desk.core().bus().folds().current<person::State>(person_.text()));
  use_cases::PersonChange change{.details = {}, .add = {}, .remove = {}};
  const auto lacks = [&](std::string_view kind) {
    return std::ranges::none_of(person->contacts,
                                [&](const auto& contact) { return contact.kind == kind; });
  };
  if (lacks("phone")) change.add.push_back({"phone", sketch_.person.phone});
  if (lacks("email")) change.add.push_back({"email", sketch_.person.email});
  if (company_.is_nil()) {
    const use_cases::CompanyInput input{.name = sketch_.company.name,
                                        .tax_id = sketch_.company.tax_id};
    company_ = TRY(desk.by(seller_id(), "find_company", sketch_.company.tax_id, [&](Unit& unit) {
                 return use_cases::find_or_register_company(unit, input);
               })).company;
    change.details.company = company_.text();
    change.details.position = sketch_.person.position;
  }
  TRY(desk.by(seller_id(), "change_person", person_.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::change_person(unit, person_, change));
    return true;
  }));
  return act(deal::LinkCompany{company_});
}

Result<void> DealPlay::add_decider() {
  const use_cases::PersonInput input{.name = sketch_.decider.name,
                                     .contacts = {{"phone", sketch_.decider.phone}},
                                     .company = company_.text(),
                                     .position = sketch_.decider.position};
  Desk& desk = crew_.desk;
  const auto decider =
      TRY(desk.by(seller_id(), "register_person", fmt::format("demo:{}:decider", sketch_.number),
                  [&](Unit& unit) { return use_cases::find_or_register_person(unit, input); }))
          .person;
  TRY(desk.by(seller_id(), "change_decision_map", company_.text(), [&](Unit& unit) -> Result<bool> {
    TRY(use_cases::change_decision_map(unit, company_, {decider.text(), "decides", 1}));
    return true;
  }));
  return act(deal::SetParticipant{.person = decider, .role = "decision_maker"});
}

Result<void> DealPlay::draft_quote(int discount_percent) {
  quote_ = crew_.desk.core().bus().ids().make<QuoteId>();
  return act(
      deal::DraftQuote{.contents = {.lines = draw_lines(sketch_, discount_percent)}, .id = quote_});
}

Result<void> DealPlay::revise_quote(int discount_percent) {
  return act(deal::ReviseQuote{.quote = quote_,
                               .contents = {.lines = draw_lines(sketch_, discount_percent)}});
}

Result<void> DealPlay::submit_quote() { return act(deal::SubmitQuote{quote_}); }

Result<void> DealPlay::approve_quote() {
  return act(crew_.staff.head(), deal::ApproveQuote{quote_});
}

Result<void> DealPlay::send_quote() {
  TRY(act(deal::SendQuote{.quote = quote_}));
  return touch("email", "out", "sent", 0, "КП во вложении");
}

Result<void> DealPlay::accept_quote() { return act(deal::AcceptQuote{.quote = quote_}); }

Result<void> DealPlay::reject_quote(std::string_view reason) {
  const auto state = TRY(crew_.desk.deal(deal_));
  const deal::Quote* quote = state->quote(quote_);
  if (quote == nullptr || quote->state != deal::QuoteState::kSent) return {};
  return act(deal::RejectQuote{.quote = quote_, .reason = std::string(reason)});
}

Result<void> DealPlay::add_document(std::string_view kind, std::string_view title) {
  return act(deal::AddDocument{.kind = std::string(kind), .title = std::string(title)});
}

Result<void> DealPlay::sign_document(std::string_view kind) {
  const auto state = TRY(crew_.desk.deal(deal_));
  for (const auto& document : state->documents) {
    if (document.is_signed || deal::word_at(rules::document_kinds(), document.kind) != kind) {
      continue;
    }
    return act(deal::SignDocument{.document = document.id});
  }
  return fail(ErrorKind::kInternal, "document_missing",
              fmt::format("no unsigned document of the kind {}", kind));
}

Result<void> DealPlay::acknowledge() {
  return act(crew_.staff.producer(), deal::GiveAcknowledgement{.kind = "production"});
}

Result<deal::Invoice> DealPlay::open_invoice(std::string_view kind) const {
  const auto state = TRY(crew_.desk.deal(deal_));
  for (const auto& invoice : state->invoices) {
    if (!invoice.live() || invoice.paid()) continue;
    if (deal::word_at(rules::invoice_kinds(), invoice.kind) == kind) return invoice;
  }
  return fail(ErrorKind::kInternal, "invoice_missing",
              fmt::format("no open invoice of the kind {}", kind));
}

Result<void> DealPlay::send_invoice(std::string_view kind) {
  const auto invoice = TRY(open_invoice(kind));
  TRY(act(deal::SendInvoice{.invoice = invoice.id}));
  return touch("email", "out", "sent", 0, fmt::format("Счёт {}", invoice.number));
}

Result<void> DealPlay::void_unpaid_invoices() {
  const auto state = TRY(crew_.desk.deal(deal_));
  for (const auto& invoice : state->invoices) {
    if (!invoice.live() || invoice.allocated_minor > 0) continue;
    TRY(act(deal::VoidInvoice{.invoice = invoice.id, .reason = "сделка не состоялась"}));
  }
  return {};
}

Result<void> DealPlay::issue_again() {
  const auto state = TRY(crew_.desk.deal(deal_));
  if (state->invoices.empty() || std::ranges::any_of(state->invoices, &deal::Invoice::live)) {
    return {};
  }
  const deal::Invoice& last = state->invoices.back();
  const std::string kind(deal::word_at(rules::invoice_kinds(), last.kind));
  // Whoever comes back after the old day gets a new one.
  constexpr std::int64_t kDayUs = 86'400'000'000;
  std::optional<Date> due = last.due_date;
  if (due) {
    const auto today = static_cast<std::int32_t>(crew_.desk.now().us / kDayUs);
    due->days = std::max(due->days, today + kDaysToPay);
  }
  TRY(act(deal::IssueInvoice{.kind = kind, .amount = last.amount, .due_date = due}));
  return send_invoice(kind);
}

Result<void> DealPlay::pay(std::string_view kind, int percent, PaidBy way) {
  const auto invoice = TRY(open_invoice(kind));
  Money amount = invoice.amount;
  amount.minor =
      std::max<std::int64_t>(1, (invoice.amount.minor - invoice.allocated_minor) * percent / 100);
  if (way == PaidBy::kCard) {
    TRY(crew_.door.pay({.id = story_id("pay"),
                        .amount = amount,
                        .order = invoice.number,
                        .description = fmt::format("Оплата по счёту {}", invoice.number)}));
    return {};
  }
  const bool named = way == PaidBy::kTransfer;
  const auto payment = TRY(receive_transfer(invoice, amount, named));
  if (!named) unmatched_ = payment;
  return crew_.desk.settle();
}

Result<PaymentId> DealPlay::receive_transfer(const deal::Invoice& invoice, const Money& amount,
                                             bool named) {
  const payment::ReceivePayment command{
      .provider = "bank",
      .external_id = story_id("transfer"),
      .amount = amount,
      .received_at = crew_.desk.now(),
      .invoice_number = named ? invoice.number : std::string(),
      .purpose =
          named ? fmt::format("Оплата по счёту {}", invoice.number) : "Оплата за разработку сайта",
      .payer = sketch_.company.name};
  const auto id = payment::payment_id(command.provider, command.external_id);
  TRY(crew_.desk.by(crew_.staff.accountant(), "receive_payment", id.text(),
                    [&](Unit& unit) { return use_cases::receive_payment(unit, command); }));
  return id;
}

Result<void> DealPlay::match_by_hand(std::string_view kind) {
  if (!unmatched_) {
    return fail(ErrorKind::kInternal, "payment_missing", "no transfer waits to be matched");
  }
  const auto invoice = TRY(open_invoice(kind));
  const PaymentId payment = *unmatched_;
  TRY(crew_.desk.by(
      crew_.staff.accountant(), "match_payment", deal_.text(), [&](Unit& unit) -> Result<bool> {
        TRY(use_cases::match_payment(unit, payment,
                                     {.deal = deal_, .invoice = invoice.id, .amount = {}},
                                     rules::Language::kRu));
        return true;
      }));
  unmatched_.reset();
  return crew_.desk.settle();
}

Result<void> DealPlay::remember_customer() {
  if (!company_.is_nil()) crew_.won.push_back({person_, company_});
  return {};
}

}  // namespace dealog::demo
