// Taking records out of a stopped log that an archive holds. What appends, proofs and lookups need
// stays: the tree, ids with what answers a repeated request, streams, tags. Records are then read
// from the archive. FORMAT.md says what the log looks like after it. Thread: one.
#pragma once

#include <filesystem>
#include <functional>
#include <string_view>

#include "libs/eventlog/log_tables.hpp"

namespace dealog {

struct DropOptions {
  // Nothing behind this position.
  Position until{UINT64_MAX};
  // Streams whose records stay here as well, so that they can be read while the archive is away.
  // May be empty: none.
  std::function<bool(std::string_view stream)> keeps = {};
  // What is being done, and how far it is. May be empty.
  std::function<void(std::string_view step)> on_step = {};
  // Only look: nothing is changed.
  bool dry_run = false;
};

struct DropDone {
  Position before;               // dropped up to here already
  Position dropped;              // and now
  std::uint64_t events = 0;      // records taken out
  std::uint64_t bytes = 0;       // of them, as they were written
  std::uint64_t kept = 0;        // records of streams that stay
  std::uint64_t file_bytes = 0;  // of the log's files after it
};

// Reads the whole archive again and compares it with the log's tree; syncs it; then drops up to the
// last commit but one at most. Interrupted at any moment it leaves a log that opens, and a second
// call finishes it: first the rows of ids, then the mark that says how far, only then the records
// go. `tables` is open for writing; nobody else has the log open. Errors: kConflict "other_log",
// "archive_busy"; kInternal "archive_broken", "log_broken" when a record to be dropped is not the
// one in the tree; those of the disk.
Result<DropDone> drop_archived(const LogTables& tables, const std::filesystem::path& archive,
                               const DropOptions& options);

}  // namespace dealog
