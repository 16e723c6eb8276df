// Copies of the folder of sealed files: into a backup, or into another data folder.
#pragma once

#include <filesystem>
#include <vector>

#include "libs/eventlog/backup_files.hpp"

namespace dealog {

// Files that were copied before and never change: linked where that is possible.
struct EarlierFiles {
  std::filesystem::path folder;
  std::vector<BackedUpFile> files;
};

struct CopiedFiles {
  std::vector<BackedUpFile> files;  // in the order of their names
  std::uint64_t copied_bytes = 0;   // of those that were not linked
  // Earlier copies that no longer hold what they should, and were made anew.
  std::vector<std::filesystem::path> damaged;
};

// All that lies in `source`, what is arriving included, flat into `target`, which is made; synced
// and read again. A service may be writing to `source`: what comes meanwhile may be there or not,
// what is erased meanwhile is left out. Errors: those of copy_one_file and check_folder.
Result<CopiedFiles> copy_files(const std::filesystem::path& source,
                               const std::filesystem::path& target,
                               const EarlierFiles& earlier = {});

}  // namespace dealog
