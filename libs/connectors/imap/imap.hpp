// A mailbox that is read by IMAP: its settings, and what a mail of it says. Nothing is ever posted
// to such a source; services/webhooks/mailboxes.hpp fetches its mails.
#pragma once

#include <string>
#include <string_view>

#include "libs/connectors/provider.hpp"

namespace dealog::connectors::imap {

// What follows the token in the address of a delivery: from which kind of folder it is.
inline constexpr std::string_view kArrived = "/mailbox/arrived";
inline constexpr std::string_view kSent = "/mailbox/sent";  // we have written it

const Provider& provider();

// One mail counts once, whatever folders of the source it lies in. Thread: any.
std::string delivery_key_of(std::string_view mail);

}  // namespace dealog::connectors::imap
