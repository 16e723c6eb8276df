// Names of folders as IMAP writes them: modified UTF-7 (RFC 3501, 5.1.3).
#pragma once

#include <string>
#include <string_view>

namespace dealog::outbound::imap {

inline constexpr std::size_t kFolderNameBytes = 1000;

// "Отправленные" → "&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-". What is not UTF-8 stays as it is. Thread:
// any.
std::string folder_name(std::string_view utf8);

// As a quoted string of a command.
std::string quoted_folder(std::string_view name);

}  // namespace dealog::outbound::imap
