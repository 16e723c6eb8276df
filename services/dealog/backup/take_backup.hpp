// Writing a backup of a data folder, whether a service has it open or not.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>

#include "libs/base/clock.hpp"
#include "libs/eventlog/backup_repository.hpp"

namespace dealog {

struct BackupOptions {
  std::filesystem::path data;
  std::filesystem::path repository;
  const Clock* clock = nullptr;     // never null
  std::optional<std::size_t> keep;  // remove older backups beyond so many, at least 1
  // What is being done, at each step. May be empty.
  std::function<void(std::string_view step)> on_step = {};
};

struct BackupDone {
  BackupManifest manifest;
  bool online = false;             // through the service
  std::uint64_t total_bytes = 0;   // of log and keys
  std::uint64_t copied_bytes = 0;  // of them not linked to an earlier backup
  std::size_t removed = 0;         // older backups
  Position dropped;                // up to here events lie in an archive, not in this
  std::filesystem::path archive;   // where they did when they were dropped
  // Keys and files that the log names and that are not whole.
  std::vector<VerifyProblem> problems;
  // Files of earlier backups that no longer hold what they should; this one has its own copies.
  std::vector<std::filesystem::path> damaged;
  // Earlier backups whose keys stay, since this one lacks some of them.
  std::vector<std::string> keys_kept;
};

// The log first, then keys and files, so that none of the log's is missing; then everything is read
// again and the log verified row by row. Only then does the backup have its name. A key or an
// attachment that is lost or damaged does not keep the rest from being backed up: it is told of,
// and where a key is missing nothing older is removed.
// Errors: kNotFound "data_folder_absent"; kConflict "is_a_backup", "data_folder_in_use" (something
// other than a service), "other_log" (the folder holds another company's backups); those of
// BackupRepository.
Result<BackupDone> take_backup(const BackupOptions& options);

}  // namespace dealog
