// Ranges of the log as files that never change: for keeping elsewhere, and for making the log anew.
// FORMAT.md describes their bytes. Thread: one.
//
//   ARCHIVE/<first>-<last>.segment   records and commit rows, compressed
//   ARCHIVE/<first>-<last>.json      what the segment holds: written last
//   ARCHIVE/personal_tags            rows of the personal index; replaced, since they can be erased
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "libs/eventlog/backup_files.hpp"
#include "libs/eventlog/log_tables.hpp"

namespace dealog {

namespace limits {
inline constexpr std::uint64_t kSegmentEvents = 100'000;
}  // namespace limits

struct ArchiveSegment {
  std::string log_id;  // 16 bytes
  Position first;
  Position last;  // the end of a commit, so that segments are cut where the log was written
  Timestamp last_recorded;
  merkle::Hash root_before{};  // of the tree over what is before it
  merkle::Hash root{};         // and behind it
  BackedUpFile file;
};

// Every segment, in order. Errors: kNotFound "archive_absent"; kInternal "archive_broken" when one
// is missing between two others or they do not join.
Result<std::vector<ArchiveSegment>> list_segments(const std::filesystem::path& archive);

// Writes what the log has after the last segment, in segments of about `segment_events`, each read
// again and checked before it counts; then the personal index. The folder is made. `tables` may be
// open for reading. Returns the new segments.
// Errors: kConflict "other_log" when the archive is that of another log, or of another life of it;
// kInternal "archive_broken", "log_gap"; those of the disk.
Result<std::vector<ArchiveSegment>> archive_log(const LogTables& tables,
                                                const std::filesystem::path& archive,
                                                std::uint64_t segment_events);

// Reads all segments: every checksum, every record against its leaf, the tree from the first
// position to the last. Returns the last position and the root there.
struct ArchiveEnd {
  Position last;
  merkle::Frontier frontier;
};
Result<ArchiveEnd> check_archive(const std::filesystem::path& archive,
                                 const std::function<void(Position)>& progress = {});

// Makes a log of an archive, in a folder that is absent or empty, checking as check_archive does.
// What an archive does not hold is not there: raw bodies. Then begin_restored_log() has to be
// called. Errors: kConflict "log_not_empty".
Result<ArchiveEnd> import_archive(const std::filesystem::path& archive,
                                  const std::filesystem::path& log_folder);

}  // namespace dealog
