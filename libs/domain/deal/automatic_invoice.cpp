#include "libs/domain/deal/automatic_invoice.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "dealog/v1/commerce_events.pb.h"
#include "libs/domain/deal/facts.hpp"
#include "libs/domain/deal/limits.hpp"
#include "libs/domain/deal/lines.hpp"
#include "libs/domain/deal/timing.hpp"
#include "libs/domain/deal/vocabulary.hpp"

namespace dealog::deal {
namespace {

bool asks_for(const std::vector<rules::Criterion>& criteria, rules::CriterionKind kind) {
  return std::ranges::any_of(criteria, [&](const rules::Criterion& criterion) {
    return criterion.kind == kind || asks_for(criterion.children, kind);
  });
}

bool is_of_kind(const Invoice& invoice, std::string_view kind) {
  return invoice.live() && word_at(rules::invoice_kinds(), invoice.kind) == kind;
}

// The stage that is left by itself when enough is paid.
std::optional<std::size_t> prepayment_stage(const rules::Regulation& regulation) {
  for (std::size_t i = 0; i < regulation.stages.size(); ++i) {
    const rules::Stage& stage = regulation.stages[i];
    if (stage.automatic_to && asks_for(stage.exit, rules::CriterionKind::kPaidShare)) return i;
  }
  return std::nullopt;
}

bool awaits_prepayment(const Decision& decision) {
  const auto stage = decision.regulation().index_of(decision.state().stage());
  const auto awaiting = prepayment_stage(decision.regulation());
  return stage && awaiting && *stage <= *awaiting;
}

// Whether some stage is not left before the discount of the quote in force is approved.
bool discount_waits(const Decision& decision) {
  const DealFacts facts(decision.state(), decision.context());
  for (const rules::Stage& stage : decision.regulation().stages) {
    for (const rules::Criterion& criterion : stage.exit) {
      if (criterion.kind == rules::CriterionKind::kDiscount && !rules::holds(criterion, facts)) {
        return true;
      }
    }
  }
  return false;
}

Result<Date> automatic_due_date(const Context& context) {
  const Date today = TRY(local_date(context.now, context.regulation->calendar.time_zone));
  return Date{today.days + kAutomaticInvoiceDueDays};
}

Result<> issue_automatically(Decision& decision, std::string kind, Money amount,
                             std::size_t cause) {
  if (decision.state().invoices.size() >= kInvoices) return {};
  InvoiceDraft draft{.kind = std::move(kind),
                     .amount = amount,
                     .due_date = TRY(automatic_due_date(decision.context()))};
  TRY(issue_invoice(decision, std::move(draft),
                    {.caused_by = cause, .rule = decision.state().stage()}));
  return {};
}

}  // namespace

Result<std::size_t> issue_invoice(Decision& decision, InvoiceDraft draft, Envelope envelope) {
  const Context& context = decision.context();
  const InvoiceNumber number = TRY(decision.next_invoice_number());
  if (draft.id.is_nil()) draft.id = context.ids->make<InvoiceId>();
  v1::InvoiceIssued event;
  event.set_invoice(draft.id.text());
  event.set_number(number.text());
  event.set_kind(draft.kind);
  put_money(event.mutable_amount(), draft.amount);
  if (draft.due_date) {
    event.set_due_date(draft.due_date->text());
    event.set_overdue_at(TRY(end_of_day(*draft.due_date, context)).us);
  }
  PricedLines priced;
  if (!draft.lines.empty()) {
    priced = TRY(price_lines(draft.lines, draft.amount.currency));
    event.mutable_lines()->Swap(&priced.lines);
  }
  event.set_automatic(!envelope.rule.empty());
  envelope.tags = {open_tag(draft.id.text()), open_tag("invoice-number:" + number.text()),
                   number.tag()};
  const std::size_t index = decision.add(std::move(event), std::move(envelope));
  if (priced.tells_prices) {
    decision.add(lines_priced(draft.id.text(), 0, priced), {.caused_by = index});
  }
  return index;
}

Result<> issue_prepayment_invoice(Decision& decision, std::size_t cause) {
  if (!awaits_prepayment(decision) || discount_waits(decision)) return {};
  const Money required = decision.state().required_prepayment(decision.regulation());
  Money missing = required;
  std::vector<InvoiceId> stale;
  for (const Invoice& invoice : decision.state().invoices) {
    if (!is_of_kind(invoice, "prepayment")) continue;
    if (invoice.allocated_minor == 0 && invoice.amount != required) {
      stale.push_back(invoice.id);
    } else {
      missing.minor -= invoice.amount.minor;
    }
  }
  for (const InvoiceId& id : stale) {
    v1::InvoiceVoided event;
    event.set_invoice(id.text());
    decision.add(std::move(event), {.caused_by = cause, .rule = decision.state().stage()});
  }
  const bool paid = required.minor <= decision.state().paid_minor;
  if (paid || missing.minor <= 0) return {};
  return issue_automatically(decision, "prepayment", missing, cause);
}

Result<> issue_final_invoice(Decision& decision, const rules::Stage& entered, std::size_t cause) {
  if (!entered.automatic_to) return {};
  const rules::Stage* next = decision.regulation().stage(*entered.automatic_to);
  if (!next || !asks_for(next->wins_when, rules::CriterionKind::kBalanceCleared)) return {};
  Money open = decision.state().balance();
  for (const Invoice& invoice : decision.state().invoices) {
    if (is_of_kind(invoice, "final")) {
      open.minor -= std::max<std::int64_t>(0, invoice.amount.minor - invoice.allocated_minor);
    }
  }
  if (open.minor <= 0) return {};
  return issue_automatically(decision, "final", open, cause);
}

}  // namespace dealog::deal
