// Reading an archive with every check. Inside libs/eventlog only.
#pragma once

#include "libs/base/crypto.hpp"
#include "libs/eventlog/append_checks.hpp"
#include "libs/eventlog/archive.hpp"
#include "libs/eventlog/open_file.hpp"

namespace dealog {

inline constexpr const char* kPersonalTagsFile = "personal_tags";
inline constexpr const char* kArchiveManifestFile = "manifest.json";

// A commit with its records, checked; the views live during the call.
struct ArchivedCommit {
  std::string_view row;
  CommitEntry entry;
  const std::vector<std::string>& records;
};
using CommitVisitor = std::function<Result<void>(const ArchivedCommit&)>;

// Reads a segment's file: its hash, its positions, each record against its leaf, each commit's
// frontier. `frontier` is that before the segment and becomes that behind it; where it is not known
// the first commit row of the segment is believed. `visit` may be empty. `reached`, where it is
// given, becomes the first position that was not found whole.
// Errors: kInternal "archive_broken", "backup_damaged".
Result<void> walk_segment(const std::filesystem::path& archive, const ArchiveSegment& segment,
                          std::optional<merkle::Frontier>& frontier, const CommitVisitor& visit,
                          Position* reached = nullptr);

// Keys of personal_tags, one behind the other.
Result<std::string> read_personal_tags(const std::filesystem::path& archive);

// The tree behind an archive's last segment as the log itself has it, which must be the same.
// Errors: kConflict "other_log".
Result<merkle::Frontier> tree_of_log_at(const LogTables& tables, const ArchiveSegment& last);

// Keeps others from writing into an archive as long as it lives, and from dropping what it holds.
// Errors: kConflict "archive_busy"; kInternal "archive_unusable".
Result<std::unique_ptr<OpenFile>> lock_archive(const std::filesystem::path& archive);

// Every file that describes a segment, in the order of their positions, whether they join or not.
// What cannot be read goes to `unreadable`, or is an error where that is null.
Result<std::vector<ArchiveSegment>> load_segments(const std::filesystem::path& archive,
                                                  std::vector<std::string>* unreadable);

}  // namespace dealog
