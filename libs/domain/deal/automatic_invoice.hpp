// Invoices that the reference pipeline issues by itself (domain.md, rows 6 and 10). Which stages
// they belong to follows from what the regulation waits for, not from the stages' names.
#pragma once

#include "libs/domain/deal/decision.hpp"

namespace dealog::deal {

// Due this many days after they are issued, at the end of the day in the calendar's zone.
inline constexpr int kAutomaticInvoiceDueDays = 7;

// On the acceptance of a quote, in or before the stage that is left when the prepayment is there:
// an invoice over the required prepayment. One that nobody has paid for another amount is voided
// first; what has been invoiced as prepayment already is not invoiced again.
Result<> issue_prepayment_invoice(Decision& decision, std::size_t cause);

// On entering the stage before the one that is won by a cleared balance: an invoice over the open
// balance. None when the balance is zero or below, or is on unpaid final invoices already.
Result<> issue_final_invoice(Decision& decision, const rules::Stage& entered, std::size_t cause);

struct InvoiceDraft {
  std::string kind;
  Money amount;
  std::optional<Date> due_date = {};
  std::vector<LineInput> lines = {};
  InvoiceId id = {};
};
// InvoiceIssued with the next number. The draft is checked. Returns its index.
Result<std::size_t> issue_invoice(Decision& decision, InvoiceDraft draft, Envelope envelope = {});

}  // namespace dealog::deal
