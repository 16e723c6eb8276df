#include "projections/intake/mailbox_handlers.hpp"

#include "dealog/v1/mailbox_views.pb.h"
#include "libs/projection/mailbox_keys.hpp"
#include "libs/projection/row_keys.hpp"

namespace dealog::views {
namespace {

v1::MailboxRow& row_of(const std::string& source, ViewBatch& batch) {
  auto& row = batch.edit<v1::MailboxRow>(row_keys::key(row_keys::kMailbox, source));
  row.set_source(source);
  return row;
}

}  // namespace

void mailbox_read(const v1::MailboxRead& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(m.source(), batch);
  row.set_read_us(event.recorded.us);
  if (!m.delivery().empty()) row.set_mails(row.mails() + 1);
}

void mailbox_failed(const v1::MailboxFailed& m, const RecordedEvent& event, ViewBatch& batch) {
  auto& row = row_of(m.source(), batch);
  row.set_code(m.code());
  row.set_connected(false);
  // For another reason than before: it has not been read since the first.
  if (row.failed_us() == 0) row.set_failed_us(event.recorded.us);
}

void mailbox_connected(const v1::MailboxConnected& m, const RecordedEvent&, ViewBatch& batch) {
  auto& row = row_of(m.source(), batch);
  row.clear_code();
  row.set_connected(true);
  row.set_failed_us(0);
}

}  // namespace dealog::views
