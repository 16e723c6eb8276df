// Mails that were fetched from a mailbox, and how far it was read.
#pragma once

#include <cstdint>
#include <string>

#include "libs/command/unit.hpp"
#include "libs/command/use_cases/deliveries.hpp"
#include "libs/domain/mailbox/mailbox.hpp"

namespace dealog::use_cases {

// Where a mail lay.
struct MailPlace {
  SourceId source;
  std::string folder;
  std::uint64_t uid_validity = 0;
  std::uint64_t uid = 0;
};

// The delivery and the bookmark behind it, in one append; nothing when the bookmark is there
// already. Errors: those of receive_delivery.
Result<void> receive_mail(Unit& unit, const MailPlace& place, const DeliveryInput& mail);

// The bookmark alone: what lies before it is not read.
Result<void> mark_folder(Unit& unit, const MailPlace& place);

// An empty `code`: it can be read.
Result<void> report_mailbox(Unit& unit, const SourceId& source, const std::string& code);

}  // namespace dealog::use_cases
