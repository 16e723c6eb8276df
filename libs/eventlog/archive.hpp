// Ranges of the log as files that never change: for keeping elsewhere, and for making the log anew.
// FORMAT.md describes their bytes. Thread: one.
//
//   ARCHIVE/<first>-<last>.segment   records and commit rows, compressed
//   ARCHIVE/<first>-<last>.json      what the segment holds: written last
//   ARCHIVE/personal_tags            rows of the personal index; replaced, since they can be erased
//   ARCHIVE/manifest.json            how far the archive goes, signed; replaced
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "libs/eventlog/backup_files.hpp"
#include "libs/eventlog/log_tables.hpp"
#include "libs/eventlog/signed_head.hpp"

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

// How far an archive goes, in the words of the log that it is of.
struct ArchiveManifest {
  TreeHead head;  // of the last segment's end
  Timestamp last_recorded;
  std::string signed_head;   // note of that head
  std::string verifier_key;  // which others check it by
};
// Replaces manifest.json. Errors: those of the disk.
Result<void> write_archive_manifest(const std::filesystem::path& archive,
                                    const ArchiveManifest& manifest);
// Nothing while there is none: no run has come to its end. Errors: kInternal "archive_broken".
Result<std::optional<ArchiveManifest>> read_archive_manifest(const std::filesystem::path& archive);

struct ArchiveOptions {
  std::uint64_t segment_events = limits::kSegmentEvents;
  // Nothing behind this position; a commit in which it lies is left for another time.
  Position until{UINT64_MAX};
  // Signed heads of this log: it must still be their continuation before anything of it counts.
  std::vector<TreeHead> heads = {};
  // Called after each segment. May be empty.
  std::function<void(Position done)> progress = {};
  // Called with each segment that was there before, had lost its file and was written anew.
  std::function<void(const ArchiveSegment& segment)> mended = {};
};

// Writes what the log has after the last segment, in segments of about `segment_events`, each
// synced, read again and checked record by record against the log's tree before it counts; then the
// personal index. A segment whose file is gone or has another size is written anew first, as long
// as the log has its records. The folder is made; what an interrupted run left half-done is
// removed. `tables` may be open for reading. Returns the new segments. Errors: kConflict
// "other_log" when the archive is that of another log, or of another life of it,
// "archive_incomplete" when it lacks what was dropped from the log; kInternal "archive_broken",
// "log_gap", "log_broken" when a signed head does not hold; those of the disk.
Result<std::vector<ArchiveSegment>> archive_log(const LogTables& tables,
                                                const std::filesystem::path& archive,
                                                const ArchiveOptions& options);

// Reads all segments: every checksum, every record against its leaf, the tree from the first
// position to the last; and that the manifest's root is the tree's. Returns the last position and
// the tree there. Errors: kInternal "archive_broken", "backup_damaged" at the first damage.
struct ArchiveEnd {
  Position last;
  merkle::Frontier frontier;
};
Result<ArchiveEnd> check_archive(const std::filesystem::path& archive,
                                 const std::function<void(Position)>& progress = {});

// The same, going on behind damage: what is wrong with each segment, seen alone.
struct ArchiveProblem {
  Position position;  // the first that is missing or wrong
  std::string what;
};
struct ArchiveReport {
  std::uint64_t segments = 0;
  std::uint64_t events = 0;  // of segments that are sound
  std::uint64_t bytes = 0;   // of all segments
  Position last;             // as the segments' manifests say
  merkle::Hash root{};
  std::vector<ArchiveProblem> problems;  // by position
  std::optional<ArchiveManifest> manifest;
  bool is_sound() const { return problems.empty(); }
};
// `public_key`: under which the manifest's head must be signed (32 bytes); empty: the manifest's
// own, which tells damage and not forgery. Errors: kNotFound "archive_absent".
Result<ArchiveReport> verify_archive(const std::filesystem::path& archive,
                                     std::string_view public_key,
                                     const std::function<void(Position)>& progress = {});

// How far an archive is wanted: a commit that reaches behind the position, or was recorded later,
// is left out, and so is all that follows it.
struct ArchiveUntil {
  Position position{UINT64_MAX};
  Timestamp recorded{INT64_MAX};
};

// Makes a log of an archive, in a folder that is absent or empty, checking as check_archive does.
// What an archive does not hold is not there: raw bodies. Then begin_restored_log() has to be
// called. Returns the end of the log that was made. Errors: kConflict "log_not_empty"; kInvalid
// "position_out_of_range" when nothing lies before `until`.
Result<ArchiveEnd> import_archive(const std::filesystem::path& archive,
                                  const std::filesystem::path& log_folder,
                                  const ArchiveUntil& until = {});

}  // namespace dealog
