// Taking out of a stopped data folder's log what an archive holds.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "libs/eventlog/archive_drop.hpp"

namespace dealog {

struct DropFromLogOptions {
  std::filesystem::path data;
  std::filesystem::path archive;
  std::string until;  // a position or an RFC 3339 time; empty: all that the archive holds
  bool dry_run = false;
  std::function<void(std::string_view step)> on_step = {};
};

// The archive's head must be signed by this log's key, and its every record that of the log's tree.
// Records of users, sources and regulations stay in the log as well: without them nobody could even
// sign in while the archive is away. Errors: kConflict "data_folder_in_use"; kInternal
// "archive_broken"; those of drop_archived.
Result<DropDone> drop_from_log(const DropFromLogOptions& options);

}  // namespace dealog
