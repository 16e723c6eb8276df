#include "libs/command/use_cases/mailboxes.hpp"

namespace dealog::use_cases {
namespace {

mailbox::ReadUpTo up_to(const MailPlace& place, std::string delivery) {
  return {.source = place.source.text(),
          .folder = place.folder,
          .uid_validity = place.uid_validity,
          .uid = place.uid,
          .delivery = std::move(delivery)};
}

}  // namespace

Result<void> receive_mail(Unit& unit, const MailPlace& place, const DeliveryInput& mail) {
  const StreamName stream = mailbox::mailbox_of(place.source).text();
  const auto* state = TRY(unit.load<mailbox::State>(stream));
  if (state->has_read(place.folder, place.uid_validity, place.uid)) return {};
  const auto received = TRY(receive_delivery(unit, mail));
  const auto* before = TRY(unit.load<mailbox::State>(stream));
  unit.emit(stream, TRY(mailbox::decide(*before, up_to(place, received.delivery.text()))));
  return {};
}

Result<void> mark_folder(Unit& unit, const MailPlace& place) {
  const StreamName stream = mailbox::mailbox_of(place.source).text();
  const auto* state = TRY(unit.load<mailbox::State>(stream));
  unit.emit(stream, TRY(mailbox::decide(*state, up_to(place, {}))));
  return {};
}

Result<void> report_mailbox(Unit& unit, const SourceId& source, const std::string& code) {
  const StreamName stream = mailbox::mailbox_of(source).text();
  const auto* state = TRY(unit.load<mailbox::State>(stream));
  auto events = code.empty() ? mailbox::decide(*state, mailbox::ConnectMailbox{source.text()})
                             : mailbox::decide(*state, mailbox::FailMailbox{source.text(), code});
  unit.emit(stream, TRY(std::move(events)));
  return {};
}

}  // namespace dealog::use_cases
