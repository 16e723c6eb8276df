// Invoices, and the deal's share of payments and refunds.
#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/base/limits.hpp"
#include "libs/domain/common/input.hpp"
#include "libs/domain/deal/automatic_invoice.hpp"
#include "libs/domain/deal/automation.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

Result<> check_amount(const State& state, const Money& amount, const Context& context) {
  InputCheck check(context.language);
  if (amount.minor <= 0 || amount.minor > kMaxMoneyMinor) {
    check.add("/amount", "out_of_range", "сумма больше нуля", "an amount above zero");
  }
  TRY(check.result());
  const Currency currency = state.currency(*context.regulation);
  if (amount.currency == currency) return {};
  Error error{ErrorKind::kUnprocessable, "currency_mismatch",
              fmt::format(fmt::runtime(context.language == rules::Language::kRu
                                           ? "сделка в {}, а сумма в {}"
                                           : "the deal is in {}, the amount in {}"),
                          currency.code(), amount.currency.code())};
  error.fields.push_back({"/amount/currency", "currency_mismatch", error.message});
  return fail(std::move(error));
}

std::unexpected<Error> out_of_range(const Context& context) {
  return refuse(context, ErrorKind::kUnprocessable, "amount_out_of_range",
                "сумма больше, чем здесь бывает", "the sum is larger than an amount may be");
}

Result<const Invoice*> find_invoice(const State& state, const InvoiceId& id,
                                    const Context& context) {
  TRY(require_exists(state, context));
  const Invoice* invoice = state.invoice(id);
  if (!invoice) {
    return refuse(context, ErrorKind::kNotFound, "invoice_not_found", "у сделки нет такого счёта",
                  "the deal has no such invoice");
  }
  if (!invoice->live()) {
    return refuse(context, ErrorKind::kConflict, "invoice_void", "счёт аннулирован",
                  "the invoice is void");
  }
  return invoice;
}

Result<> check_invoice(const State& state, const IssueInvoice& command, const Context& context) {
  InputCheck check(context.language);
  if (word_place(rules::invoice_kinds(), command.kind) == kNoWord) {
    const std::string expected =
        rules::suggestion(command.kind, rules::codes_of(rules::invoice_kinds()));
    check.add("/kind", command.kind.empty() ? "required" : "unknown_value",
              "неизвестный вид" + expected, "unknown kind" + expected);
  }
  if (!command.lines.empty()) check_lines(command.lines, command.amount.currency, "/lines", check);
  const Date today = TRY(local_date(context.now, context.regulation->calendar.time_zone));
  if (command.due_date && *command.due_date < today) {
    check.add("/due_date", "out_of_range", "срок оплаты уже прошёл",
              "an invoice cannot be due before it is issued");
  }
  TRY(check.result());
  TRY(check_amount(state, command.amount, context));
  if (!command.lines.empty()) {
    const PricedLines priced = TRY(price_lines(command.lines, command.amount.currency));
    if (priced.total != command.amount) {
      check.add("/amount", "lines_differ", fmt::format("итог строк {}", priced.total.decimal()),
                fmt::format("the lines make {}", priced.total.decimal()));
    }
  }
  TRY(check.result());
  if (state.invoices.size() >= kInvoices) return too_many(context, "invoices", kInvoices);
  return {};
}

template <class M, class C>
M share_event(const C& command) {
  M event;
  event.set_payment(command.payment.text());
  if (command.invoice) event.set_invoice(command.invoice->text());
  put_money(event.mutable_amount(), command.amount);
  return event;
}

template <class M>
Result<Events> change_paid(const State& state, M event, const Occurred& given,
                           const Context& context) {
  Occurred occurred = TRY(occurred_late(given, context));
  stamp_visit(event, state, instant_of(occurred, context));
  Decision decision(state, context);
  const std::size_t index = decision.add(std::move(event), {.occurred = std::move(occurred)});
  TRY(settle(decision, index));
  return std::move(decision).take();
}

// What the payment still gives to this invoice, or to the deal without one.
std::int64_t allocated(const State& state, const PaymentId& payment, const InvoiceId& invoice) {
  for (const Allocation& share : state.allocations) {
    if (share.payment == payment && share.invoice == invoice) {
      return share.allocated_minor - share.refunded_minor;
    }
  }
  return 0;
}

}  // namespace

Result<Events> decide(const State& state, const IssueInvoice& command, const Context& context) {
  TRY(require_open(state, context));
  TRY(check_invoice(state, command, context));
  Decision decision(state, context);
  TRY(issue_invoice(decision, {.kind = command.kind,
                               .amount = command.amount,
                               .due_date = command.due_date,
                               .lines = command.lines,
                               .id = command.id}));
  return std::move(decision).take();
}

Result<Events> decide(const State& state, const SendInvoice& command, const Context& context) {
  const Invoice* invoice = TRY(find_invoice(state, command.invoice, context));
  if (invoice->state == InvoiceState::kSent) return Events{};
  Occurred occurred = TRY(occurred_late(command.occurred, context));
  v1::InvoiceSent event;
  event.set_invoice(command.invoice.text());
  return single(std::move(event), {}, std::move(occurred));
}

Result<Events> decide(const State& state, const VoidInvoice& command, const Context& context) {
  const Invoice* invoice = TRY(find_invoice(state, command.invoice, context));
  if (invoice->allocated_minor > 0) {
    return refuse(context, ErrorKind::kConflict, "invoice_paid",
                  "по счёту есть оплата; сначала верните её",
                  "money was paid on this invoice; refund it first");
  }
  InputCheck check(context.language);
  check.text(command.reason, "/reason", limits::kNoteBytes, Presence::kOptional);
  TRY(check.result());
  v1::InvoiceVoided event;
  event.set_invoice(command.invoice.text());
  event.set_reason(command.reason);
  return single(std::move(event));
}

Result<Events> decide(const State& state, const AllocatePayment& command, const Context& context) {
  TRY(require_exists(state, context));
  TRY(check_amount(state, command.amount, context));
  if (command.invoice) TRY(find_invoice(state, *command.invoice, context));
  if (state.allocations.size() >= kAllocations) {
    return too_many(context, "allocations", kAllocations);
  }
  if (command.amount.minor > kMaxMoneyMinor - state.paid_minor) return out_of_range(context);
  return change_paid(state, share_event<v1::PaymentAllocated>(command), command.occurred, context);
}

Result<Events> decide(const State& state, const AllocateRefund& command, const Context& context) {
  TRY(require_exists(state, context));
  TRY(check_amount(state, command.amount, context));
  const InvoiceId invoice = command.invoice.value_or(InvoiceId{});
  if (command.amount.minor > allocated(state, command.payment, invoice)) {
    return refuse(context, ErrorKind::kUnprocessable, "refund_exceeds_allocated",
                  "возврат больше, чем этот платёж дал сделке",
                  "the refund is more than this payment gave to the deal");
  }
  return change_paid(state, share_event<v1::RefundAllocated>(command), command.occurred, context);
}

Result<Events> decide(const State& state, const Command& command, const Context& context) {
  return std::visit([&](const auto& one) { return decide(state, one, context); }, command);
}

}  // namespace dealog::deal
