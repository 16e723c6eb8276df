// What an event does to the row of its deal. Inside projections/deals only.
#pragma once

#include "dealog/v1/views.pb.h"
#include "libs/projection/event_handlers.hpp"
#include "libs/projection/view_batch.hpp"

namespace dealog::views {

struct DealChange {
  v1::DealRow& row;
  ViewBatch& batch;
  bool form = false;  // what a person edits has changed
  bool card = false;  // something that the card shows may have changed
};
using DealHandlers = EventHandlers<DealChange>;

void add_deal_handlers(DealHandlers& handlers);      // the deal itself, its stages, participants
void add_task_handlers(DealHandlers& handlers);      // touches and tasks
void add_commerce_handlers(DealHandlers& handlers);  // quotes, documents, invoices, money
void add_approval_handlers(DealHandlers& handlers);  // prices of lines, approval of discounts

// Approval of a quote is waited for from here on; nobody is named yet.
void await_approval(const v1::QuoteRow& quote, const RecordedEvent& event, DealChange& change);
// It is not waited for any more.
void forget_approval(const v1::QuoteRow& quote, DealChange& change);

}  // namespace dealog::views
