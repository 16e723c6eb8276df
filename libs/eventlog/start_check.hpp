// What is checked each time the log is opened, before anything is appended.
#pragma once

#include <string>

#include "libs/eventlog/group_commit.hpp"
#include "libs/eventlog/log_identity.hpp"
#include "libs/eventlog/watermark.hpp"

namespace dealog {

// A log that was found to be what it should be, open for writing.
struct CheckedLog {
  LogTables tables;
  LogIdentity identity;
  LogEnd end;
  WatermarkFile watermark;
};

// Opening to write changes a folder for good: the store drops what it cannot read of its
// write-ahead files and removes them. So all that is checked at a start is read first, and only a
// log that is found whole is opened; one that is refused stays as it was, to the byte. `wanted` is
// the id of a new log. Errors: those of RocksLog::open.
Result<CheckedLog> open_checked_log(const LogTables::Options& options,
                                    const std::string& wanted = {});

// The store would begin a new database in a folder that has lost the file which names its parts,
// and remove those. Errors: kInternal "log_broken".
Result<void> check_log_folder(const std::filesystem::path& folder);

// Why a log did not open whose database said `error`: with the first position that is missing or
// cannot be read, as far as what is left tells (the database is looked at without being changed).
// kInternal "log_broken" for damage; other errors as they are.
Error why_unopened(const LogTables::Options& options, Error error);

// Whether every position is there up to the last commits row, the indexes of ids and streams have
// as many rows, and that commits row against the end of the events: the records of the last group
// with their leaf hashes, their index rows, frontier and log id. Costs a few seeks, the last group,
// what each file says of itself and the rows that only the last one knows: a log of ten million
// events takes no longer than a short one.
// Errors: kInternal "log_broken" naming the first position that is missing or wrong.
Result<LogEnd> check_log_end(const LogTables& tables, std::string_view log_id);

// Whether the log is at least as long as its watermark says, and has the same tree there; a log
// that never had one gets it. Returns the file to write on.
// Errors: kInternal "log_broken" naming the first missing position, "watermark_broken",
// "watermark_failed".
Result<WatermarkFile> check_watermark(const LogTables& tables, const LogIdentity& identity,
                                      const LogEnd& end);
// A new watermark file for this end, whatever was there.
Result<WatermarkFile> make_watermark(const LogTables& tables, std::string_view log_id,
                                     const LogEnd& end);

}  // namespace dealog
