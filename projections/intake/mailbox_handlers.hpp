// What becomes of mailboxes. Inside projections/intake only.
#pragma once

#include "dealog/v1/mailbox_events.pb.h"
#include "libs/event/event.hpp"
#include "libs/projection/view_batch.hpp"

namespace dealog::views {

void mailbox_read(const v1::MailboxRead& m, const RecordedEvent& event, ViewBatch& batch);
void mailbox_failed(const v1::MailboxFailed& m, const RecordedEvent& event, ViewBatch& batch);
void mailbox_connected(const v1::MailboxConnected& m, const RecordedEvent& event, ViewBatch& batch);

}  // namespace dealog::views
