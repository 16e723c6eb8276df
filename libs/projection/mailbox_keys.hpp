// The rows of mailboxes: intake writes them, the lamps read them.
#pragma once

#include <string_view>

namespace dealog::row_keys {

inline constexpr std::string_view kMailbox = "im";  // source → MailboxRow

}  // namespace dealog::row_keys
