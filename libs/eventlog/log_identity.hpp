// Who a log is: the rows of family `default` that are written once, or at a restore.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "libs/eventlog/log_tables.hpp"

namespace dealog {

inline constexpr std::string_view kEpochKey = "epoch";
inline constexpr std::string_view kWatermarkedKey = "watermarked";
inline constexpr std::string_view kDroppedKey = "dropped";
inline constexpr std::string_view kArchiveKey = "archive";
// Raw bodies up to this position may be absent although no event says so: of a log that was made
// of an archive, which holds none, or that was cut before the event that told of their expiry.
inline constexpr std::string_view kNoBodiesKey = "no_bodies";
// Of a log that was never restored, and of one that has no row.
inline constexpr std::string_view kFirstEpoch = "1";

struct LogIdentity {
  std::string log_id;  // 16 bytes, random, for good
  // "1"; after the first restore "2-" and 8 random hex digits, so that what a log became after a
  // restore and what it would have been without it, or after another, never bear one name.
  std::string epoch;
  bool watermarked = false;  // a watermark file was made once, so it must be there
  // Records up to here may lie in the archive alone; 0: all are here.
  Position dropped = {};
  // Where that was when they were dropped.
  std::filesystem::path archive = {};
};

// Of a log that is there; nothing of a folder in which none was begun. Changes nothing.
// Errors: those of load_log_identity.
Result<std::optional<LogIdentity>> find_log_identity(const LogTables& tables);

// Makes what a new folder needs: `wanted` becomes the id, "" a random one.
// Errors: kInternal "log_format_unknown" for a folder of a newer version, "log_broken" for one that
// has lost its id; those of storage.
Result<LogIdentity> load_log_identity(const LogTables& tables, const std::string& wanted);

// LogIdentity::dropped by itself. Errors: kInternal "log_broken" for a row that is none.
Result<Position> dropped_until(const LogTables& tables);

// The epoch after a restore.
std::string next_epoch(std::string_view epoch);

// Writes rows of `default` so that they survive even if the write-ahead log is lost.
Result<void> write_identity_row(const LogTables& tables, std::string_view key,
                                std::string_view value);

}  // namespace dealog
