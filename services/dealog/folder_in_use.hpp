// One process at a time uses a data folder.
#pragma once

#include <filesystem>

#include "libs/base/result.hpp"

namespace dealog {

// Asks the system who holds the lock of the log's store. It is the store's own lock that keeps a
// second process out; this only says it better. Must not be called by a process that has the folder
// open itself: POSIX drops its lock then. Errors: kConflict "data_folder_in_use" with the process.
Result<void> require_unused(const std::filesystem::path& data);

}  // namespace dealog
