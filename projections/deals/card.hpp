// The card of a deal: what lists, the board, tasks and lamps ask about it.
// Inside projections/deals only.
#pragma once

#include <string_view>

#include "dealog/v1/views.pb.h"
#include "libs/base/timestamp.hpp"
#include "libs/projection/view_context.hpp"
#include "projections/deals/deal.hpp"

namespace dealog::views {

// The accepted quote, else the latest that is neither rejected nor replaced; null: none.
const v1::QuoteRow* quote_in_force(const v1::DealRow& row);
const v1::QuoteRow* accepted_quote(const v1::DealRow& row);
// Total of the accepted quote, else the deal's amount; no currency: nobody has named any.
v1::Money agreed_of(const v1::DealRow& row);
std::int64_t outstanding_of(const v1::InvoiceRow& invoice);

v1::CardRow card_of(const v1::DealRow& row);
// Kind of the row's key: closed deals with nothing to do lie apart from those that are looked at
// every day.
std::string_view card_place(const v1::DealRow& row);

// By the earliest of the open tasks, judged at `at`.
NextStep next_step_of(const v1::CardRow& card, Timestamp at);
NextStepState state_of(std::int64_t today_from_us, std::int64_t overdue_us, Timestamp at);

// Visits the cards of one place (row_keys::kActiveCard, kArchivedCard). The row lives only during
// the call. Returns false to stop.
using CardVisitor = std::function<bool(std::string_view key, const v1::CardRow& card)>;
Result<void> visit_cards(const ViewReader& rows, std::string_view place, ScanOrder order,
                         const CardVisitor& visit);

}  // namespace dealog::views
