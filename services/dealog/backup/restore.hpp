// Making a data folder out of a backup.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "libs/base/clock.hpp"
#include "libs/eventlog/backup_repository.hpp"

namespace dealog {

struct RestoreOptions {
  std::filesystem::path repository;
  std::filesystem::path target;  // absent or empty
  std::string backup;            // id; empty: the newest
  std::string to;                // a position or an RFC 3339 time; empty: all of the backup
  std::string key = {};          // verifier key of its signed head; empty: that among its keys
  // Further lists of erasures: that of the lost data folder, or its copy on another disk.
  std::vector<std::filesystem::path> erasures = {};
  // Where the events lie that were dropped from the log; empty: where they did then.
  std::filesystem::path archive = {};
  const Clock* clock = nullptr;  // never null
  std::function<void(std::string_view step)> on_step = {};
};

struct RestoreDone {
  BackupManifest from;
  Position restored_to;    // of the backup's events
  Position head;           // with what was appended to say that somebody was erased
  std::string epoch;       // of the restored log
  std::size_t erased = 0;  // subjects whose keys the backup would have brought back
};

// Copies, checks every byte against the manifest and the log against the signed head in it, cuts
// the log, begins a new epoch, erases what was erased since the backup, builds the views, verifies
// the log. The folder appears when all of that has succeeded. Nothing is sent anywhere. Errors:
// kConflict "data_folder_not_empty"; kNotFound "backup_not_found", "backups_absent",
// "keys_not_backed_up"; kInvalid "invalid_position", "position_out_of_range"; kInternal
// "backup_damaged"; those of the disk.
Result<RestoreDone> restore(const RestoreOptions& options);

}  // namespace dealog
