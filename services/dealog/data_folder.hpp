// What a folder is that a command was pointed at, before anything in it is opened or made. Each
// looks at names alone.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "libs/base/result.hpp"
#include "libs/event/position.hpp"

namespace dealog {

// A backup is laid out like a data folder, and opening it to write would make it one that is not
// what its manifest says. Errors: kConflict "is_a_backup" for a backup, a folder of backups or an
// archive, saying what to do with it.
Result<void> require_no_backup(const std::filesystem::path& data);

// For commands that work on what is there. Errors: kNotFound "data_folder_absent".
Result<void> require_log(const std::filesystem::path& data);

// A folder in which there is no log may be a new company's only when nothing speaks of an old one:
// neither keys, nor a signed head, nor files. Errors: kInternal "log_absent" naming what is there
// and the position that the signed head speaks of.
Result<void> require_nothing_lost(const std::filesystem::path& data);

// The position that a signed head speaks of, whoever may have signed it; nothing for other text.
std::optional<Position> position_spoken_of(std::string_view note);

}  // namespace dealog
